package dev.nightmail.bench.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * An upstream that does to each call something else, as a process of its own: says its URL on a
 * line, and for each line that it is told one with the calls it had and the most that may have cost
 * something for one and the same request. Ends with its standard input.
 */
final class HostileUpstreamMain {

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)");
    private static final Pattern NAME = Pattern.compile("call (h-[0-9]+)\\.");
    private static final int HEAD_BYTES_MAX = 64 * 1024;

    private final AtomicLong calls = new AtomicLong();
    private final Map<String, Integer> costly = new ConcurrentHashMap<>();

    private HostileUpstreamMain() {}

    public static void main(String[] args) throws IOException {
        var upstream = new HostileUpstreamMain();
        try (var listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
                var told =
                        new BufferedReader(
                                new InputStreamReader(System.in, Charset.defaultCharset()))) {
            Thread.ofPlatform().daemon().name("accept").start(() -> upstream.accept(listener));
            System.out.println("ready at http://127.0.0.1:" + listener.getLocalPort());
            while (told.readLine() != null) {
                System.out.println("report " + upstream.report());
            }
        }
    }

    private String report() {
        return calls.get()
                + " "
                + costly.values().stream().max(Comparator.naturalOrder()).orElse(0)
                + " "
                + costly.size();
    }

    private void accept(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(30_000);
            var in = new BufferedInputStream(socket.getInputStream());
            var head = head(in);
            if (head.startsWith("GET ")) {
                return;
            }
            var length = LENGTH.matcher(head);
            var body =
                    length.find()
                            ? new String(
                                    in.readNBytes(Integer.parseInt(length.group(1))), ISO_8859_1)
                            : "";
            answer(head, body, socket);
        } catch (IOException _) {
            // Whoever called has had enough of us.
        }
    }

    private void answer(String head, String body, Socket socket) throws IOException {
        var spites = Spite.values();
        // Each request meets another one at each of its tries, and good ones often enough.
        long turn = calls.incrementAndGet();
        var spite = turn % 3 == 0 ? Spite.GOOD : spites[(int) (turn * 7 % spites.length)];
        var name = NAME.matcher(body);
        if (spite.mayCost() && name.find()) {
            costly.merge(name.group(1), 1, Integer::sum);
        }
        spite.answer(socket.getOutputStream(), head.contains("/chat/completions "));
        socket.getOutputStream().flush();
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < HEAD_BYTES_MAX) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("a call without a head");
            }
            head.append((char) next);
            if (next == '\n' && head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
        }
        throw new IOException("a head that is too long");
    }
}
