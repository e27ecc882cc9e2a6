package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.upstream.Gathered;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of files that belong together: what one API says and what the other one makes of it. The
 * shapes of the answers are those of the servers they are named after.
 */
record Golden(Path folder) {

    static final OpenAiConfig CONFIG =
            new OpenAiConfig("local", URI.create("http://127.0.0.1:9/v1"), null, "nightmail/0");

    private static final String ASKED =
            "{\"model\":\"asked-for\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}]}";

    /** All below a folder of the resources that have such a file. */
    static Stream<Golden> having(String below, String file) {
        try (var folders = Files.list(resource(below))) {
            return folders.sorted().map(Golden::new).filter(it -> it.has(file)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path resource(String name) {
        try {
            return Path.of(Golden.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean has(String file) {
        return Files.exists(folder.resolve(file));
    }

    String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChatRequest request() throws RefusedException {
        return ChatRequest.of(
                JsonBytes.flatten(
                        (has("messages-request.json") ? read("messages-request.json") : ASKED)
                                .getBytes(UTF_8)),
                ApiVersion.V2023_06_01,
                Purpose.ANSWER,
                MaxTokensField.MAX_TOKENS);
    }

    /** The Message that becomes of {@code chat-answer.json}. */
    String message() throws RefusedException {
        var reading =
                new Answers(CONFIG)
                        .completion(
                                200,
                                HttpHeaders.NONE.with("content-type", "application/json"),
                                read("chat-answer.json").getBytes(UTF_8),
                                request(),
                                "standard");
        return new String(((Reading.Answered) reading).message().array(), UTF_8);
    }

    /** The events that become of {@code chat-stream.txt}, if it comes in these pieces. */
    Gathered events(List<byte[]> pieces) throws RefusedException, IOException {
        return told("text/event-stream; charset=utf-8", pieces);
    }

    String events() throws RefusedException, IOException {
        return events(List.of(read("chat-stream.txt").getBytes(UTF_8))).text();
    }

    /** The events that become of {@code chat-answer.json}. */
    String eventsOfWhole() throws RefusedException, IOException {
        return told("application/json", List.of(read("chat-answer.json").getBytes(UTF_8))).text();
    }

    private Gathered told(String contentType, List<byte[]> pieces)
            throws RefusedException, IOException {
        var sink = new Gathered();
        var streamed =
                new StreamedAnswer(
                        request(), new Answers(CONFIG), 1 << 20, sink, new Reply("local", sink));
        streamed.begin(200, HttpHeaders.NONE.with("content-type", contentType));
        for (var piece : pieces) {
            streamed.body(piece, 0, piece.length);
        }
        streamed.end();
        return sink;
    }

    @Override
    public String toString() {
        return folder.getFileName().toString();
    }
}
