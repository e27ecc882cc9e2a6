package dev.nightmail.bench.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/**
 * What hostile and broken clients send, from an address of their own. Each is bounded in bytes and
 * time, and ends by itself.
 */
enum Attack {
    DRIBBLED_HEAD {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            dribble(out, "GET /v1/models HTTP/1.1\r\nhost: " + target.host() + "\r\nx-a: ", 20);
        }
    },
    DRIBBLED_BODY {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            out.write(target.post("/v1/messages", "content-length: 1000000"));
            dribble(out, "{\"model\":\"hostile-a\",\"max_tokens\":", 20);
        }
    },
    BODY_HELD_BEFORE_ITS_END {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            int length = 31 << 20;
            out.write(target.post("/v1/messages", "content-length: " + length));
            out.write(
                    ascii(
                            "{\"model\":\"hostile-a\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\""));
            var piece = ascii("a".repeat(1 << 16));
            for (int sent = 0; sent < length - (2 << 16); sent += piece.length) {
                out.write(piece);
            }
            pause(2_000);
        }
    },
    BODY_BROKEN_OFF {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            out.write(target.post("/v1/messages/batches", "content-length: 9000000"));
            out.write(
                    ascii(
                            "{\"requests\":[{\"custom_id\":\"a\",\"params\":{\"model\":\""
                                    + "m".repeat(100_000)));
        }
    },
    GZIP_OF_NOTHING_MUCH {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            var bomb = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(bomb)) {
                gzip.write(
                        ascii(
                                "{\"model\":\"hostile-a\",\"messages\":[{\"role\":\"user\",\"content\":\""));
                var piece = new byte[1 << 20];
                for (int i = 0; i < 64; i++) {
                    gzip.write(piece);
                }
            }
            sendGzip(target, out, bomb.toByteArray());
        }
    },
    EMPTY_GZIP_MEMBERS {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            var member = new ByteArrayOutputStream();
            new GZIPOutputStream(member).close();
            var many = new ByteArrayOutputStream();
            for (int i = 0; i < 10_000; i++) {
                many.write(member.toByteArray());
            }
            sendGzip(target, out, many.toByteArray());
        }
    },
    MALFORMED_CHUNKS {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            out.write(target.post("/v1/messages", "transfer-encoding: chunked"));
            out.write(ascii("zz\r\n{\"model\"\r\n-5\r\n\r\n"));
        }
    },
    TWO_LENGTHS {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            out.write(
                    target.post(
                            "/v1/messages",
                            "content-length: 5\r\ntransfer-encoding: gzip, chunked"));
            out.write(ascii("0\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n"));
        }
    },
    NO_HTTP {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            var noise = new byte[20_000];
            ThreadLocalRandom.current().nextBytes(noise);
            out.write(noise);
        }
    },
    HEADERS_WITHOUT_END {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            out.write(ascii("GET /v1/models HTTP/1.1\r\nhost: " + target.host() + "\r\n"));
            for (int i = 0; i < 5_000; i++) {
                out.write(ascii("x-more-%d: %s\r\n".formatted(i, "a".repeat(100))));
            }
        }
    },
    WRONG_KEYS {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            for (int i = 0; i < 50; i++) {
                out.write(
                        ascii(
                                "GET /v1/messages/batches HTTP/1.1\r\nhost: %s\r\nx-api-key: nm_live_%020d\r\n\r\n"
                                        .formatted(target.host(), i)));
            }
            pause(200);
        }
    },
    PATHS {
        @Override
        void on(Target target, OutputStream out) throws IOException {
            for (var path :
                    new String[] {
                        "/v1/models/..%2F..%2Fadmin",
                        "//v1/messages",
                        "/v1/messages/batches/../../../etc/passwd",
                        "/v1/messages/batches/msgbatch_%00/results",
                        "/%2e%2e/%2e%2e/nightmail/v1/upstreams",
                        "/v1/messages/batches?limit=-1&after_id=%F0%28"
                    }) {
                out.write(
                        ascii(
                                "GET %s HTTP/1.1\r\nhost: %s\r\nx-api-key: %s\r\n\r\n"
                                        .formatted(path, target.host(), target.key())));
            }
            pause(200);
        }
    };

    /** The server, and a key of it that has nothing to do with those of the good clients. */
    record Target(URI url, String key) {

        String host() {
            return url.getRawAuthority();
        }

        byte[] post(String path, String length) {
            return ascii(
                    "POST %s HTTP/1.1\r\nhost: %s\r\nx-api-key: %s\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n%s\r\n\r\n"
                            .formatted(path, host(), key, length));
        }
    }

    abstract void on(Target target, OutputStream out) throws IOException;

    /** Attacks once, on a connection of its own, and goes away without a word. */
    void once(Target target) {
        try (var socket = new Socket()) {
            // Another address than that of the good clients: what is limited by address shows.
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 0));
            socket.connect(
                    new InetSocketAddress(target.url().getHost(), target.url().getPort()), 5_000);
            Thread.ofVirtual().start(() -> closeLate(socket));
            on(target, socket.getOutputStream());
            socket.getOutputStream().flush();
            if (ThreadLocalRandom.current().nextBoolean()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException _) {
            // The server has cut it short, as it may.
        }
    }

    /** A server that stops reading must not hold us: writes have no timeout of their own. */
    private static void closeLate(Socket socket) {
        pause(20_000);
        try {
            socket.close();
        } catch (IOException _) {
            // It was closed already.
        }
    }

    private static void sendGzip(Target target, OutputStream out, byte[] body) throws IOException {
        out.write(
                target.post(
                        "/v1/messages",
                        "content-encoding: gzip\r\ncontent-length: " + body.length));
        out.write(body);
        out.flush();
        pause(1_000);
    }

    private static void dribble(OutputStream out, String text, int bytes) throws IOException {
        out.write(ascii(text));
        for (int i = 0; i < bytes; i++) {
            out.write('a');
            out.flush();
            pause(250);
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
