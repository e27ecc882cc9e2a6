package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Changes to some bytes, gathered while they are read: in the order in which they stand. */
final class Edits {

    private record Edit(int start, int end, String replacement) {}

    private final List<Edit> edits = new ArrayList<>();

    void insert(int at, String text) {
        replace(at, at, text);
    }

    /**
     * @param start not before the end of the change before
     * @param end exclusive
     */
    void replace(int start, int end, String replacement) {
        if (!edits.isEmpty() && start < edits.getLast().end()) {
            throw new IllegalStateException("changes have to come in order");
        }
        edits.add(new Edit(start, end, replacement));
    }

    byte[] in(byte[] bytes) {
        if (edits.isEmpty()) {
            return bytes;
        }
        var out = new ByteArrayOutputStream(bytes.length + 64 * edits.size());
        int at = 0;
        for (var edit : edits) {
            out.write(bytes, at, edit.start() - at);
            out.writeBytes(edit.replacement().getBytes(UTF_8));
            at = edit.end();
        }
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }

    /**
     * Behind a text, a number or a word of valid JSON. The parser only says where a value begins,
     * unless it decodes it.
     */
    static int endOfScalar(byte[] json, int start) {
        int at = start;
        if (json[at] == '"') {
            at++;
            while (at < json.length && json[at] != '"') {
                at += json[at] == '\\' ? 2 : 1;
            }
            return Math.min(at + 1, json.length);
        }
        while (at < json.length && !endsScalar(json[at])) {
            at++;
        }
        return at;
    }

    private static boolean endsScalar(byte c) {
        return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
