package dev.nightmail.wire.error;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One answer of a real server, and how it is read.
 *
 * @param expected case, cause or fault, envelope
 */
record Row(
        String name,
        int status,
        Map<String, String> headers,
        String body,
        String expected,
        String message) {

    static Stream<Row> all() {
        var rows = new ArrayList<Row>();
        var lines = new ArrayList<String>();
        for (var line : (resource() + "\n\n").split("\n", -1)) {
            if (line.startsWith("#")) {
                continue;
            }
            if (!line.isEmpty()) {
                lines.add(line);
            } else if (!lines.isEmpty()) {
                rows.add(of(lines));
                lines.clear();
            }
        }
        return rows.stream();
    }

    private static Row of(List<String> lines) {
        if (lines.size() != 5) {
            throw new IllegalStateException("a row has five lines: " + lines);
        }
        var head = lines.get(1).split(", ", 2);
        var headers = new HashMap<String, String>();
        if (head.length > 1) {
            for (var header : head[1].split(", ", -1)) {
                var parts = header.split(": ", 2);
                headers.put(parts[0], parts[1]);
            }
        }
        return new Row(
                lines.get(0),
                Integer.parseInt(head[0]),
                headers,
                lines.get(2).equals("-") ? "" : lines.get(2),
                lines.get(3),
                lines.get(4).equals("-") ? "" : lines.get(4));
    }

    private static String resource() {
        try (var in = Row.class.getResourceAsStream("errors.txt")) {
            if (in == null) {
                throw new IllegalStateException("errors.txt is missing");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ErrorMeaning read() {
        return ErrorReading.read(
                status, name -> Optional.ofNullable(headers.get(name)), body.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return name;
    }
}
