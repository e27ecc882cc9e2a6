package dev.nightmail.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.bench.measure.BenchmarkFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Large bodies over a bare socket. An HTTP client would cost more than what is measured: here the
 * system moves a file to the socket, and what comes back is counted and dropped.
 */
public final class Wire {

    /** What a server takes that has no key made, and any other ignores. */
    static final String ANY_KEY = "bench";

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *([0-9]+)\r\n");

    private Wire() {}

    /** Some bytes of a file: from the first until before the end. */
    public record Span(long from, long end) {

        public long bytes() {
            return end - from;
        }

        private String header() {
            return "range: bytes=%d-%d\r\n".formatted(from, end - 1);
        }
    }

    /** Is handed the bytes of a body as they come. */
    public interface Taker {
        void take(ByteBuffer bytes);
    }

    /** Posts a file. @return the body of the answer, which must be a 200 */
    public static byte[] post(URI url, String key, Path body) {
        try (var socket = connect(url);
                var file = FileChannel.open(body, StandardOpenOption.READ)) {
            writeAll(socket, ByteBuffer.wrap(postHead(url, key, file.size()).getBytes(US_ASCII)));
            long at = 0;
            while (at < file.size()) {
                at += file.transferTo(at, file.size() - at, socket);
            }
            var answer = new ByteArrayOutputStream();
            drain(socket, bytes -> answer.writeBytes(copy(bytes)));
            return bodyOf(answer.toByteArray(), url);
        } catch (IOException e) {
            throw new UncheckedIOException("POST " + url + " broke off", e);
        }
    }

    private static String postHead(URI url, String key, long length) {
        return head("POST", url, key)
                + "content-type: application/json\r\ncontent-length: "
                + length
                + "\r\n\r\n";
    }

    private static byte[] bodyOf(byte[] answer, URI url) {
        var text = new String(answer, US_ASCII);
        if (!text.startsWith("HTTP/1.1 200 ")) {
            throw new BenchmarkFailure("POST " + url + " was answered with " + text);
        }
        int head = text.indexOf("\r\n\r\n") + 4;
        return java.util.Arrays.copyOfRange(answer, head, answer.length);
    }

    /**
     * Gets a body and drops it.
     *
     * @return how many bytes it had, which are as many as were announced
     */
    public static long get(URI url) {
        return get(url, "", "200", _ -> {});
    }

    /** Gets a part of a body. @return how many bytes it had, which are as many as were announced */
    public static long get(URI url, Span span, Taker taker) {
        return get(url, span.header(), "206", taker);
    }

    private static long get(URI url, String header, String status, Taker taker) {
        try (var socket = connect(url)) {
            var head = head("GET", url, ANY_KEY) + header + "\r\n";
            writeAll(socket, ByteBuffer.wrap(head.getBytes(US_ASCII)));
            var counted = new Counted(url, status, taker);
            drain(socket, counted::take);
            return counted.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException("GET " + url + " broke off", e);
        }
    }

    /** Knows from the head of an answer how long its body is, and counts what comes. */
    private static final class Counted {
        private final URI url;
        private final String status;
        private final Taker taker;
        private long announced = -1;
        private long arrived;

        Counted(URI url, String status, Taker taker) {
            this.url = url;
            this.status = status;
            this.taker = taker;
        }

        void take(ByteBuffer bytes) {
            if (announced < 0) {
                // The first read holds the head: nobody sends one in pieces.
                bytes.position(readHead(bytes));
            }
            arrived += bytes.remaining();
            taker.take(bytes);
        }

        private int readHead(ByteBuffer bytes) {
            var start = new String(copy(bytes.duplicate()), US_ASCII);
            int end = start.indexOf("\r\n\r\n") + 4;
            var head = start.substring(0, Math.max(0, end)).toLowerCase(Locale.ROOT);
            var length = LENGTH.matcher(head);
            if (!head.startsWith("http/1.1 " + status + " ") || !length.find()) {
                throw new BenchmarkFailure("GET " + url + " was answered with " + head);
            }
            announced = Long.parseLong(length.group(1));
            return end;
        }

        long bytes() {
            if (arrived != announced) {
                throw new BenchmarkFailure(
                        "GET %s gave %d of %d bytes".formatted(url, arrived, announced));
            }
            return arrived;
        }
    }

    private static String head(String method, URI url, String key) {
        return "%s %s HTTP/1.1\r\nhost: %s\r\nx-api-key: %s\r\nanthropic-version: 2023-06-01\r\nconnection: close\r\n"
                .formatted(method, url.getRawPath(), url.getRawAuthority(), key);
    }

    private static SocketChannel connect(URI url) throws IOException {
        return SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
    }

    private static void writeAll(SocketChannel socket, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    private static byte[] copy(ByteBuffer bytes) {
        var copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static void drain(SocketChannel socket, Taker taker) throws IOException {
        var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        while (socket.read(buffer.clear()) >= 0) {
            taker.take(buffer.flip());
        }
    }
}
