package dev.nightmail.bench.process;

import dev.nightmail.bench.measure.BenchmarkFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A port of the loopback address, for a program that does not choose one itself. */
public record LocalPort(int number) {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    /** One that nobody listened on a moment ago. */
    public static LocalPort free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new LocalPort(socket.getLocalPort());
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + number);
    }

    /**
     * Returns once somebody listens.
     *
     * @throws BenchmarkFailure if nobody does in time, or the process that should is gone
     */
    public void awaitListener(Child process, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline) {
            process.requireAlive();
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), number)) {
                return;
            } catch (IOException _) {
                LockSupport.parkNanos(POLL_INTERVAL.toNanos());
            }
        }
        throw new BenchmarkFailure("nobody listens at %s after %s".formatted(url(), patience));
    }
}
