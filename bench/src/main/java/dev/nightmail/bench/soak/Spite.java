package dev.nightmail.bench.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/**
 * What a hostile upstream does with a call. Each is the shortest form of what some real server did.
 */
enum Spite {
    GOOD(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(out, "200 OK", "application/json", message(chat, USAGE));
        }
    },
    FAULT(false) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(out, "500 Internal Server Error", "application/json", error("api_error"));
        }
    },
    OVERLOADED(false) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(out, "529 Overloaded", "application/json", error("overloaded_error"));
        }
    },
    LOGIN_PAGE(false) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(out, "200 OK", "text/html", "<html><body>Please log in.</body></html>");
        }
    },
    NO_USAGE(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(out, "200 OK", "application/json", message(chat, ""));
        }
    },
    USAGE_OF_FLOATS(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(out, "200 OK", "application/json", message(chat, USAGE.replace(":2", ":2.0")));
        }
    },
    GZIP_CUT(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            var whole = gzip(message(chat, USAGE));
            sendGzip(out, Arrays.copyOf(whole, whole.length / 2));
        }
    },
    GZIP_CLAIMED(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            sendGzip(out, message(chat, USAGE).getBytes(UTF_8));
        }
    },
    HEAD_WITHOUT_END(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            out.write(ascii("HTTP/1.1 200 OK\r\n"));
            for (int i = 0; i < 20_000; i++) {
                out.write(ascii("x-more-%d: %s\r\n".formatted(i, "a".repeat(200))));
            }
        }
    },
    INTERIM_WITHOUT_END(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            for (int i = 0; i < 50_000; i++) {
                out.write(ascii("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"));
            }
        }
    },
    BODY_WITHOUT_END(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            out.write(head("200 OK", "application/json", "transfer-encoding: chunked"));
            var piece = ascii("10000\r\n" + " ".repeat(0x10000) + "\r\n");
            for (int i = 0; i < 2_000; i++) {
                out.write(piece);
            }
        }
    },
    CUT(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            out.write(head("200 OK", "application/json", "content-length: 4000"));
            out.write(ascii(message(chat, USAGE)));
        }
    },
    SILENT(true) {
        @Override
        void answer(OutputStream out, boolean chat) {
            LockSupport.parkNanos(500_000_000);
        }
    },
    STATUS_999(false) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(out, "999 Request denied", "text/html", "<html>denied</html>");
        }
    },
    NOT_FOUND(false) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(
                    out,
                    "404 Not Found",
                    "application/json",
                    "{\"error\":{\"message\":\"The model does not exist.\",\"type\":\"NotFoundError\",\"code\":\"404\"}}");
        }
    },
    LIST_OF_ERRORS(false) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(
                    out,
                    "400 Bad Request",
                    "application/json",
                    "[{\"error\":{\"code\":400,\"message\":\"bad\",\"status\":\"INVALID_ARGUMENT\"}}]");
        }
    },
    DEEP(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            var nested = "[".repeat(5_000) + "]".repeat(5_000);
            send(
                    out,
                    "200 OK",
                    "application/json",
                    message(chat, USAGE).replaceFirst("\\{", "{\"deep\":" + nested + ","));
        }
    },
    DRIBBLING(true) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            var body = ascii(message(chat, USAGE));
            out.write(head("200 OK", "application/json", "content-length: " + body.length));
            for (byte one : body) {
                out.write(one);
                out.flush();
                LockSupport.parkNanos(5_000_000);
            }
        }
    },
    KEY_REFUSED(false) {
        @Override
        void answer(OutputStream out, boolean chat) throws IOException {
            send(
                    out,
                    "401 Unauthorized",
                    "application/json",
                    error("authentication_error").replace("no", "your key is hostile-secret"));
        }
    };

    private static final String USAGE =
            ",\"usage\":{\"input_tokens\":2,\"output_tokens\":2,\"prompt_tokens\":2,\"completion_tokens\":2}";

    private final boolean mayCost;

    Spite(boolean mayCost) {
        this.mayCost = mayCost;
    }

    /** Whether a real service might charge for it: it began to answer, or nobody knows. */
    boolean mayCost() {
        return mayCost;
    }

    /**
     * Answers, or does what it does instead. The connection is closed afterwards.
     *
     * @param chat whether the call is of the Chat Completions API
     */
    abstract void answer(OutputStream out, boolean chat) throws IOException;

    private static String message(boolean chat, String usage) {
        return chat
                ? "{\"id\":\"c\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"well\"},\"finish_reason\":\"stop\"}]"
                        + usage
                        + "}"
                : "{\"id\":\"msg_h\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"well\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null"
                        + usage
                        + "}";
    }

    private static String error(String type) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"no\"}}";
    }

    private static void send(OutputStream out, String status, String type, String body)
            throws IOException {
        var bytes = body.getBytes(UTF_8);
        out.write(head(status, type, "content-length: " + bytes.length));
        out.write(bytes);
    }

    private static void sendGzip(OutputStream out, byte[] body) throws IOException {
        out.write(
                head(
                        "200 OK",
                        "application/json",
                        "content-encoding: gzip\r\ncontent-length: " + body.length));
        out.write(body);
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] head(String status, String type, String more) {
        return ascii(
                "HTTP/1.1 %s\r\ncontent-type: %s\r\nconnection: close\r\n%s\r\n\r\n"
                        .formatted(status, type, more));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
