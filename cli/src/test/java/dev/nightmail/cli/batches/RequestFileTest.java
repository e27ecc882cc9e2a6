package dev.nightmail.cli.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.cli.command.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFileTest {

    private static final String A = "{\"custom_id\":\"a\",\"params\":{}}";
    private static final String B = "{\"custom_id\":\"b\",\"params\":{}}";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                A + "\n" + B + "\n",
                A + "\n" + B,
                "\n\n" + A + "\n \t\n" + B + "\n\n",
                "\uFEFF" + A + "\n" + B
            })
    void blankLinesAndMarksAreNoPartOfTheBody(String text) throws IOException {
        var file = RequestFile.check(file(text), "f");

        var body = file.body();
        try (var stream = body.open()) {
            var bytes = stream.readAllBytes();
            assertThat(new String(bytes, StandardCharsets.UTF_8))
                    .isEqualTo("{\"requests\":[" + A + "," + B + "]}");
            assertThat(body.bytes()).isEqualTo(bytes.length);
        }
        assertThat(file.requests()).isEqualTo(2);
    }

    @Test
    void aBodyLongerThanAnyBufferIsStillJoinedRight() throws IOException {
        var lines =
                IntStream.range(0, 3_000)
                        .mapToObj(i ->
                                "{\"custom_id\":\"r%d\",\"params\":{\"t\":\"%s\"}}"
                                        .formatted(i, "x".repeat(i % 500)))
                        .toList();

        var body = RequestFile.check(file(String.join("\r\n", lines)), "f").body();

        try (var stream = body.open()) {
            var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text)
                    .isEqualTo(
                            lines.stream()
                                    .map(line -> line + "\r")
                                    .collect(Collectors.joining(",", "{\"requests\":[", "]}"))
                                    .replaceFirst("\r]}$", "]}"));
            assertThat(body.bytes()).isEqualTo(text.length());
        }
    }

    @Test
    void theFirstFlawsAreAllNamed() throws IOException {
        var file = file("nope\n" + A + "\n" + A + "\n");

        assertThatThrownBy(() -> RequestFile.check(file, "f"))
                .isInstanceOf(CommandException.class)
                .hasMessage(
                        "f:1: is not valid JSON at column 1\nf:3: custom_id: a is also on line 2");
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        var file = file("\n\n");

        assertThatThrownBy(() -> RequestFile.check(file, "f")).hasMessage("f holds no requests");
    }

    @Test
    void moreRequestsThanABatchTakesAreRefused() throws IOException {
        var file =
                file(
                        IntStream.rangeClosed(0, RequestFile.REQUESTS_MAX)
                                .mapToObj(i -> "{\"custom_id\":\"%d\",\"params\":{}}".formatted(i))
                                .collect(Collectors.joining("\n")));

        assertThatThrownBy(() -> RequestFile.check(file, "f"))
                .hasMessage(
                        "f holds 100,001 requests, a batch takes at most 100,000: split the file");
    }

    @Test
    void whatCannotBeReadTwiceIsRefused() {
        assertThatThrownBy(() -> RequestFile.check(folder, "f"))
                .hasMessage("f is no regular file: write the requests into one first");
        assertThatThrownBy(() -> RequestFile.check(folder.resolve("none"), "f"))
                .hasMessage("f: there is no such file");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("f.jsonl"), text);
    }

    @Test
    void linesOfOtherBatchApisAreReadWithTheVeryBytesOfTheirBodies() throws IOException {
        var file =
                RequestFile.check(
                        file(
                                A
                                        + "\n{\"body\": {\"model\":\"m\", \"t\":\"caf\u00e9 }\\\"\",\"n\":1.10},\"custom_id\":\"c\", \"method\":\"POST\",\"url\":\"/v1/messages\"}\n"
                                        + B),
                        "f");

        var body = file.body();
        try (var stream = body.open()) {
            var bytes = stream.readAllBytes();
            assertThat(new String(bytes, StandardCharsets.UTF_8))
                    .isEqualTo(
                            "{\"requests\":["
                                    + A
                                    + ",{\"custom_id\":\"c\",\"params\":{\"model\":\"m\", \"t\":\"caf\u00e9 }\\\"\",\"n\":1.10}},"
                                    + B
                                    + "]}");
            assertThat(body.bytes()).isEqualTo(bytes.length);
        }
        assertThat(file.requests()).isEqualTo(3);
    }

    @Test
    void aLineForAnotherApiIsRefusedWithWhatToDo() throws IOException {
        var file =
                file(
                        """
                        {"custom_id":"c","method":"POST","url":"/v1/chat/completions","body":{}}
                        {"custom_id":"d","method":"GET","url":"/v1/messages","body":{}}
                        {"custom_id":"e","method":"POST","url":"/v1/messages"}
                        {"custom_id":"f","params":{},"body":{}}
                        """);

        assertThatThrownBy(() -> RequestFile.check(file, "f"))
                .hasMessageContaining("f:1: url: only /v1/messages can be asked here")
                .hasMessageContaining("f:2: method: only POST is sent")
                .hasMessageContaining("f:3: body: is missing")
                .hasMessageContaining("f:4: body: stands beside params");
    }
}
