package dev.nightmail.upstream.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A real HTTP/1.1 server on loopback that misbehaves on order: each request takes the next behavior
 * of the list; when that is at its end, the last one is repeated.
 */
public final class MisbehavingUpstream implements AutoCloseable {

    /** A request as it arrived; header names in lower case. */
    @SuppressWarnings("ArrayRecordComponent") // looked into, never compared
    public record Seen(String method, String target, Map<String, String> headers, byte[] body) {
        public String text() {
            return new String(body, UTF_8);
        }
    }

    /** What is done with one request. The connection stays open unless it closes it. */
    public interface Behavior {
        void answer(Seen request, Conversation conversation)
                throws IOException, InterruptedException;
    }

    /** The server's end of one connection. */
    public static final class Conversation {
        private final Socket socket;
        private final CountDownLatch closed;

        private Conversation(Socket socket, CountDownLatch closed) {
            this.socket = socket;
            this.closed = closed;
        }

        public Conversation write(String text) throws IOException {
            return write(text.getBytes(UTF_8));
        }

        public Conversation write(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            return this;
        }

        /** Begins a body of unknown length; an empty chunk ends it. */
        public Conversation beginChunks() throws IOException {
            return write(OK + "Transfer-Encoding: chunked\r\n\r\n");
        }

        public Conversation chunk(String text) throws IOException {
            byte[] bytes = text.getBytes(UTF_8);
            return write(Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
        }

        /** Closes the connection, in order. */
        public void cut() throws IOException {
            socket.close();
        }

        /** Says nothing more until the whole server is closed. */
        public void fallSilent() throws InterruptedException {
            closed.await();
        }
    }

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private final ServerSocket server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Queue<Behavior> behaviors = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private volatile @Nullable Behavior last;

    public MisbehavingUpstream() {
        try {
            server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException("no loopback port is free", e);
        }
        Thread.ofVirtual().name("misbehaving-accept").start(this::accept);
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
    }

    public MisbehavingUpstream then(Behavior behavior) {
        behaviors.add(behavior);
        return this;
    }

    /** The next request that arrived. */
    public Seen seen() throws InterruptedException {
        var request = seen.poll(20, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request arrived");
        }
        return request;
    }

    public int unseen() {
        return seen.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                connections.add(socket);
                Thread.ofVirtual().name("misbehaving").start(() -> converse(socket));
            } catch (IOException _) {
                // Closed: that ends it.
                return;
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            var conversation = new Conversation(socket, closed);
            while (!socket.isClosed()) {
                var request = read(in);
                if (request == null) {
                    return;
                }
                seen.add(request);
                next().answer(request, conversation);
            }
        } catch (IOException _) {
            // The client went away, as some tests want it to.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(socket);
        }
    }

    private Behavior next() {
        var next = behaviors.poll();
        if (next != null) {
            last = next;
            return next;
        }
        var repeated = last;
        if (repeated == null) {
            throw new IllegalStateException("a request came, but no behavior was ordered");
        }
        return repeated;
    }

    private static @Nullable Seen read(InputStream in) throws IOException {
        String head = readHead(in);
        if (head.isEmpty()) {
            return null;
        }
        List<String> lines = head.lines().toList();
        String[] start = lines.getFirst().split(" ", 3);
        var headers = new HashMap<String, String>();
        for (var line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.merge(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip(),
                        (one, other) -> one + ", " + other);
            }
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Seen(start[0], start[1], headers, in.readNBytes(length));
    }

    private static String readHead(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(ISO_8859_1);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            for (var socket : new ArrayList<>(connections)) {
                socket.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the server does not close", e);
        }
    }

    // What it can do.

    /** An orderly answer. Headers are given as {@code name: value}. */
    public static Behavior answer(int status, String body, String... headers) {
        return (_, to) -> to.write(whole(status, body.getBytes(UTF_8), headers));
    }

    private static byte[] whole(int status, byte[] body, String... headers) {
        var head = new StringBuilder("HTTP/1.1 " + status + " Said\r\n");
        boolean typed = false;
        for (var header : headers) {
            head.append(header).append("\r\n");
            typed |= header.toLowerCase(Locale.ROOT).startsWith("content-type:");
        }
        if (!typed) {
            head.append("Content-Type: application/json\r\n");
        }
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(head.toString().getBytes(ISO_8859_1));
        whole.writeBytes(body);
        return whole.toByteArray();
    }

    /** An orderly answer, once the gate is opened. */
    public static Behavior late(CountDownLatch gate, int status, String body) {
        return (_, to) -> {
            gate.await();
            to.write(whole(status, body.getBytes(UTF_8)));
        };
    }

    /** Takes the request and never says a word. */
    public static Behavior never() {
        return (_, to) -> to.fallSilent();
    }

    public static Behavior cutBeforeStatus() {
        return (_, to) -> to.cut();
    }

    /** Promises a longer body than it sends, then closes. */
    public static Behavior cutInsideBody(String part) {
        return (_, to) -> to.write(OK + "Content-Length: 100000\r\n\r\n" + part).cut();
    }

    /** Sends a part of the body and then nothing more. */
    public static Behavior stallInsideBody(String part) {
        return (_, to) -> {
            to.write(OK + "Content-Length: 100000\r\n\r\n" + part);
            to.fallSilent();
        };
    }

    /** What a server of another protocol might say. */
    public static Behavior garbage() {
        return (_, to) -> to.write("this is not HTTP at all").cut();
    }

    /** A chunked body that goes on for as long as somebody reads. */
    public static Behavior endlessBody() {
        return (_, to) -> {
            to.beginChunks();
            String chunk = "a".repeat(0x4000);
            while (true) {
                to.chunk(chunk);
            }
        };
    }

    /** An answer that is compressed, though nobody asked for it. */
    public static Behavior gzipped(int status, String body) {
        return (_, to) ->
                to.write(
                        whole(
                                status,
                                encoded("gzip", body.getBytes(UTF_8)),
                                "Content-Encoding: gzip"));
    }

    /** A whole HTTP answer, whatever its body is: with a length, or in one chunk. */
    static Behavior encodedAnswer(String coding, byte[] body, boolean chunked) {
        return (_, to) -> {
            to.write(
                    OK
                            + "Content-Encoding: "
                            + coding
                            + "\r\n"
                            + (chunked
                                    ? "Transfer-Encoding: chunked\r\n\r\n"
                                    : "Content-Length: " + body.length + "\r\n\r\n"));
            if (!chunked) {
                to.write(body);
            } else if (body.length > 0) {
                to.write(Integer.toHexString(body.length) + "\r\n").write(body).write("\r\n");
            }
            if (chunked) {
                to.write("0\r\n\r\n");
            }
        };
    }

    static byte[] encoded(String coding, byte[] plain) {
        var out = new ByteArrayOutputStream();
        try (var stream =
                switch (coding) {
                    case "gzip", "x-gzip" -> new GZIPOutputStream(out);
                    case "deflate" -> new DeflaterOutputStream(out);
                    default -> new DeflaterOutputStream(out, new Deflater(6, true));
                }) {
            stream.write(plain);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    public static Behavior redirect(int status, String location) {
        return answer(status, "", "Location: " + location);
    }
}
