package dev.nightmail.simulation.reader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.ResultType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code results.jsonl}: its whole lines up to the first that is none.
 *
 * @param length of those lines in bytes
 */
public record ResultLines(List<ResultLine> lines, int length) {

    /**
     * @param body the message or the error; empty if there is none
     */
    public record ResultLine(
            CustomId customId, ResultType type, String body, int offset, int length) {}

    private static final Pattern LINE =
            Pattern.compile(
                    "\\{\"custom_id\":\"([A-Za-z0-9_-]{1,64})\",\"result\":\\{\"type\":"
                            + "(?:\"(succeeded)\",\"message\":(\\{.*})"
                            + "|\"(errored)\",\"error\":(\\{.*})"
                            + "|\"(canceled|expired)\")}}");

    public ResultLines {
        lines = List.copyOf(lines);
    }

    public static ResultLines read(byte[] bytes) {
        var lines = new ArrayList<ResultLine>();
        int start = 0;
        for (int end = lineEnd(bytes, start); end >= 0; end = lineEnd(bytes, start)) {
            var text = new String(bytes, start, end - start, UTF_8);
            var line = LINE.matcher(text);
            // Zeros are what a page that never reached the disk leaves.
            if (!line.matches() || text.indexOf(0) >= 0) {
                break;
            }
            int length = end + 1 - start;
            var id = new CustomId(line.group(1));
            if (line.group(2) != null) {
                lines.add(new ResultLine(id, ResultType.SUCCEEDED, line.group(3), start, length));
            } else if (line.group(4) != null) {
                lines.add(new ResultLine(id, ResultType.ERRORED, line.group(5), start, length));
            } else {
                var type = ResultType.valueOf(line.group(6).toUpperCase(Locale.ROOT));
                lines.add(new ResultLine(id, type, "", start, length));
            }
            start = end + 1;
        }
        return new ResultLines(lines, start);
    }

    private static int lineEnd(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    public RequestCounts counts(int requests) {
        var counts = RequestCounts.processing(requests);
        for (var line : lines) {
            counts = counts.settle(line.type());
        }
        return counts;
    }

    public Set<CustomId> ids() {
        var ids = new LinkedHashSet<CustomId>();
        lines.forEach(line -> ids.add(line.customId()));
        return ids;
    }
}
