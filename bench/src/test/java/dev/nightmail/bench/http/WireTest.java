package dev.nightmail.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.bench.http.Wire.Span;
import dev.nightmail.bench.measure.BenchmarkFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class WireTest {

    @Test
    void aWholeBodyIsCounted() throws Exception {
        assertThat(bytesOf("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")).isEqualTo(5);
    }

    @Test
    void aBodyThatBreaksOffIsAFailure() {
        assertThatThrownBy(() -> bytesOf("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"))
                .isInstanceOf(BenchmarkFailure.class)
                .hasMessageContaining("5 of 6");
    }

    @Test
    void aRefusalIsAFailure() {
        assertThatThrownBy(() -> bytesOf("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
                .isInstanceOf(BenchmarkFailure.class)
                .hasMessageContaining("404");
    }

    @Test
    void aRangeIsHandedOnAsItComes() throws Exception {
        var answer = "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\nell";
        var taken = new ByteArrayOutputStream();

        long bytes =
                answered(answer, url -> Wire.get(url, new Span(1, 4), part -> put(part, taken)));

        assertThat(bytes).isEqualTo(3);
        assertThat(taken.toString(US_ASCII)).isEqualTo("ell");
    }

    @Test
    void aWholeBodyInPlaceOfARangeIsAFailure() {
        var answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

        assertThatThrownBy(() -> answered(answer, url -> Wire.get(url, new Span(1, 4), _ -> {})))
                .isInstanceOf(BenchmarkFailure.class);
    }

    private static void put(ByteBuffer bytes, ByteArrayOutputStream to) {
        var copy = new byte[bytes.remaining()];
        bytes.get(copy);
        to.writeBytes(copy);
    }

    private static long bytesOf(String answer) throws IOException, InterruptedException {
        return answered(answer, Wire::get);
    }

    private static long answered(String answer, ToLongFunction<URI> call)
            throws IOException, InterruptedException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var server = Thread.ofPlatform().start(() -> answerOnce(listener, answer));
            try {
                return call.applyAsLong(
                        URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/results"));
            } finally {
                server.join();
            }
        }
    }

    private static void answerOnce(ServerSocket listener, String answer) {
        try (var socket = listener.accept()) {
            var call = new byte[4096];
            assertThat(socket.getInputStream().read(call)).isPositive();
            socket.getOutputStream().write(answer.getBytes(US_ASCII));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
