package dev.nightmail.bench.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;

/**
 * The local upstream as a process: says its URL on a line, answers until its standard input ends.
 *
 * <p>What it does with a call depends on the path before {@code /v1/messages}; see {@link Manner}.
 */
public final class UpstreamMain {

    private UpstreamMain() {}

    public static void main(String[] args) throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            var upstream = LocalUpstream.listening(listener);
            Thread.ofPlatform().name("end").daemon().start(() -> closeAtEndOfInput(listener));
            System.out.println("ready at http://127.0.0.1:" + listener.socket().getLocalPort());
            upstream.run();
        }
    }

    /** Whoever started us holds the other end; when that is gone, so are we. */
    private static void closeAtEndOfInput(ServerSocketChannel listener) {
        try (listener) {
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
