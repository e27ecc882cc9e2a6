package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.pipeline.client.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of requests, <code>{"custom_id":…,"params":{…}}</code> a line, or <code>
 * {"custom_id":…,"method":"POST","url":"/v1/messages","body":{…}}</code>. It is read once to check
 * every line, and a second time to send it; memory holds one line and the ids.
 *
 * @param bodyBytes length of the create call's body
 */
record RequestFile(Path file, int requests, long bodyBytes) {

    /** The API's own limits (wire contract, section 1.5). */
    static final int REQUESTS_MAX = 100_000;

    static final long BODY_BYTES_MAX = 256L * 1024 * 1024;

    /** More of them would not help anybody to see what is wrong. */
    private static final int PROBLEMS_MAX = 10;

    /**
     * Reads and checks a whole file.
     *
     * @param shown how the file is called in messages
     * @throws CommandException with a line for each of the first problems
     */
    static RequestFile check(Path file, String shown) {
        if (!Files.isRegularFile(file)) {
            throw CommandException.usage(
                    shown
                            + (Files.exists(file)
                                    ? " is no regular file: write the requests into one first"
                                    : ": there is no such file"));
        }
        try (var lines = new LineReader(Files.newInputStream(file))) {
            return check(file, shown, lines);
        } catch (IOException e) {
            throw CommandException.failed(shown + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static RequestFile check(Path file, String shown, LineReader lines) throws IOException {
        var check = new RequestCheck();
        var problems = new ArrayList<String>();
        var requests = 0;
        long bytes = JoinedRequests.FRAME_BYTES;
        while (lines.next() && problems.size() < PROBLEMS_MAX) {
            var problem = check.problem(lines.line(), lines.number());
            problem.ifPresent(text -> problems.add(shown + ":" + lines.number() + ": " + text));
            int length = problem.isEmpty() ? RequestLine.inOurForm(lines.line()).length : 0;
            bytes += length + (requests == 0 ? 0 : JoinedRequests.SEPARATOR_BYTES);
            requests++;
        }
        if (!problems.isEmpty()) {
            JsonDocument.filter(file).ifPresent(filter -> refuseDocument(file, shown, filter));
        }
        refuse(problems);
        if (requests == 0) {
            throw CommandException.usage(shown + " holds no requests");
        }
        if (requests > REQUESTS_MAX) {
            throw CommandException.usage(
                    "%s holds %s requests, a batch takes at most %s: split the file"
                            .formatted(
                                    shown, Figures.count(requests), Figures.count(REQUESTS_MAX)));
        }
        if (bytes > BODY_BYTES_MAX) {
            throw CommandException.usage(
                    "%s makes a body of %s, a batch takes at most %s: split the file"
                            .formatted(shown, Figures.bytes(bytes), Figures.bytes(BODY_BYTES_MAX)));
        }
        return new RequestFile(file, requests, bytes);
    }

    private static void refuseDocument(Path file, String shown, String filter) {
        var command = "jq -c '" + filter + "'";
        var isNamed = shown.endsWith(String.valueOf(file.getFileName()));
        throw CommandException.usage(
                "%s holds JSON that goes over lines or holds all requests at once, and one request a line is needed: %s"
                        .formatted(
                                shown,
                                isNamed
                                        ? "%s %s > %s makes such a file"
                                                .formatted(command, quoted(shown), lines(shown))
                                        : "pass it through " + command));
    }

    private static String lines(String shown) {
        var stem = shown.replaceFirst("\\.[A-Za-z]+$", "");
        return quoted(shown.endsWith(".jsonl") ? stem + "-lines.jsonl" : stem + ".jsonl");
    }

    private static String quoted(String name) {
        return name.matches("[A-Za-z0-9_./~-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            var more = problems.size() == PROBLEMS_MAX ? "\nthere may be more" : "";
            throw CommandException.usage(String.join("\n", problems) + more);
        }
    }

    /** The body of the create call. */
    RequestBody body() {
        return new RequestBody() {
            @Override
            public long bytes() {
                return bodyBytes;
            }

            @Override
            public InputStream open() throws IOException {
                return new JoinedRequests(new LineReader(Files.newInputStream(file)));
            }
        };
    }
}
