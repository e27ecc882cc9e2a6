package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
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
                Purpose.ANSWER,
                MaxTokensField.MAX_TOKENS);
    }

    /** The Message that becomes of {@code chat-answer.json}. */
    String message() throws RefusedException {
        return Translated.message(request(), read("chat-answer.json"));
    }

    /** The events that become of {@code chat-stream.txt}, if it comes in these pieces. */
    String events(List<byte[]> pieces) throws RefusedException, IOException {
        return Translated.events(request(), pieces);
    }

    String events() throws RefusedException, IOException {
        return events(List.of(read("chat-stream.txt").getBytes(UTF_8)));
    }

    /** The events that become of {@code chat-answer.json}. */
    String eventsOfWhole() throws RefusedException, IOException {
        return Translated.eventsOfWhole(request(), read("chat-answer.json"));
    }

    @Override
    public String toString() {
        return folder.getFileName().toString();
    }
}
