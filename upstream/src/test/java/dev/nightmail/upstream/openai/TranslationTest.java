package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Both directions by golden files: {@code requests}, {@code refusals.jsonl} and {@code answers} in
 * the resources of this package.
 */
final class TranslationTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Stream<Golden> requests() {
        return Golden.having("requests", "messages-request.json");
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestIsPutIntoTheOtherWords(Golden golden) throws Exception {
        assertThat(new String(golden.request().body(), UTF_8))
                .isEqualTo(golden.read("chat-request.json").strip());
    }

    static Stream<JsonNode> refusals() throws IOException {
        return Files.readString(Golden.resource("refusals.jsonl")).lines().map(JSON::readTree);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatHasNoCounterpartIsRefusedByTheNameOfItsField(JsonNode refusal) {
        var params = JsonBytes.of(JSON.writeValueAsBytes(refusal.required("params")));

        var refused =
                catchThrowableOfType(
                        RefusedException.class,
                        () -> ChatRequest.of(params, Purpose.ANSWER, MaxTokensField.MAX_TOKENS));

        assertThat(refused).isNotNull();
        assertThat(refused.reason()).startsWith(refusal.required("field").asString() + ": ");
    }

    @Test
    void theBoundOfAnAnswerHasTheNameThatTheServerKnows() throws Exception {
        var request =
                ChatRequest.of(
                        JsonBytes.of(
                                "{\"model\":\"o4\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"),
                        Purpose.ANSWER,
                        MaxTokensField.MAX_COMPLETION_TOKENS);

        assertThat(new String(request.body(), UTF_8))
                .contains("\"max_completion_tokens\":9")
                .doesNotContain("\"max_tokens\"");
    }

    static Stream<Golden> wholeAnswers() {
        return Golden.having("answers", "chat-answer.json");
    }

    @ParameterizedTest
    @MethodSource("wholeAnswers")
    void aCompletionBecomesAMessage(Golden golden) throws Exception {
        assertThat(golden.message()).isEqualTo(golden.read("message.json").strip());
    }

    static Stream<Golden> streamedAnswers() {
        return Golden.having("answers", "chat-stream.txt");
    }

    @ParameterizedTest
    @MethodSource("streamedAnswers")
    void chunksBecomeTheEventsOfAMessage(Golden golden) throws Exception {
        assertThat(golden.events()).isEqualTo(golden.read("message-events.txt"));
    }

    @ParameterizedTest
    @MethodSource("streamedAnswers")
    void streamedOrNotTheMessageIsTheSame(Golden golden) throws Exception {
        assertThat(AccumulatedMessage.of(golden.events()))
                .isEqualTo(JSON.readTree(golden.message()));
    }

    @ParameterizedTest
    @MethodSource("wholeAnswers")
    void aServerThatDoesNotStreamIsToldAsIfItDid(Golden golden) throws Exception {
        var message = JSON.readTree(golden.message());
        var events = golden.eventsOfWhole();

        if (message.at("/content/0/input/INVALID_JSON").isMissingNode()) {
            assertThat(AccumulatedMessage.of(events)).isEqualTo(message);
        } else {
            // A client of a stream gets the pieces of an input as they are, valid or not.
            assertThat(events).contains("{\\\"city\\\": \\\"Os");
        }
    }

    @ParameterizedTest
    @MethodSource("streamedAnswers")
    void howAStreamIsCutMakesNoDifference(Golden golden) throws Exception {
        var random = new Random(golden.toString().hashCode());
        for (int round = 0; round < 50; round++) {
            assertThat(golden.events(Pieces.of(golden.read("chat-stream.txt"), random)))
                    .isEqualTo(golden.read("message-events.txt"));
        }
    }

    @ParameterizedTest
    @MethodSource("streamedAnswers")
    void lineEndsOfAnyKindAreLineEnds(Golden golden) throws Exception {
        var random = new Random(golden.toString().hashCode());
        for (var lineEnd : List.of("\r\n", "\r")) {
            var stream = golden.read("chat-stream.txt").replace("\n", lineEnd);
            assertThat(golden.events(Pieces.of(stream, random)))
                    .isEqualTo(golden.read("message-events.txt"));
        }
    }

    @ParameterizedTest
    @MethodSource("streamedAnswers")
    void signsOfLifeAreHandedOnOnceAMessageHasBegun(Golden golden) throws Exception {
        var stream =
                ": waiting\n\n" + golden.read("chat-stream.txt").replace("\n\n", "\n\n: alive\n\n");

        var events = golden.events(List.of(stream.getBytes(UTF_8)));

        assertThat(events).startsWith("event: message_start\n").contains("event: ping\n");
        assertThat(events.replace("event: ping\ndata: {\"type\":\"ping\"}\n\n", ""))
                .isEqualTo(golden.read("message-events.txt"));
    }
}
