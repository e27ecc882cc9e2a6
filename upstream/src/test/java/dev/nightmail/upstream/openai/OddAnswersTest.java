package dev.nightmail.upstream.openai;

import static dev.nightmail.upstream.openai.Odd.DONE;
import static dev.nightmail.upstream.openai.Odd.JSON;
import static dev.nightmail.upstream.openai.Odd.answer;
import static dev.nightmail.upstream.openai.Odd.chunk;
import static dev.nightmail.upstream.openai.Odd.events;
import static dev.nightmail.upstream.openai.Odd.plain;
import static dev.nightmail.upstream.openai.Odd.request;
import static dev.nightmail.upstream.openai.Odd.streamed;
import static dev.nightmail.upstream.openai.Odd.thinking;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What answers used, why they ended, and the shapes in which they come. */
final class OddAnswersTest {

    private static final String SAID = "{\"role\":\"assistant\",\"content\":\"Hi.\"}";

    // What it used

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Thoughts beside what was said, with a total; without one; and with half of it.
                "{\"prompt_tokens\":20,\"completion_tokens\":2,\"total_tokens\":339,\"reasoning_tokens\":317}|20|319|317",
                "{\"prompt_tokens\":20,\"completion_tokens\":2,\"completion_tokens_details\":{\"reasoning_tokens\":317}}|20|319|317",
                "{\"prompt_tokens\":20,\"completion_tokens\":2,\"total_tokens\":339}|20|319|",
                // Thoughts as a part of it, which is the rule.
                "{\"prompt_tokens\":20,\"completion_tokens\":319,\"total_tokens\":339,\"completion_tokens_details\":{\"reasoning_tokens\":317}}|20|319|317",
                "{\"prompt_tokens\":20,\"completion_tokens\":319,\"reasoning_tokens\":317}|20|319|317",
                // A total that is wrong takes nothing away.
                "{\"prompt_tokens\":20,\"completion_tokens\":5,\"total_tokens\":0}|20|5|",
                "{\"completion_tokens\":5,\"total_tokens\":25}|0|5|",
            })
    void allThatWasWrittenIsCounted(String usage, int input, int output, Integer thinking)
            throws Exception {
        var body = answer(SAID, "stop").replaceFirst("\\{", "{\"usage\":" + usage + ",");
        var stream =
                chunk("{\"content\":\"Hi.\"}", "\"stop\"")
                        + "data: {\"choices\":[],\"usage\":"
                        + usage
                        + "}\n\n"
                        + DONE;

        for (var message : List.of(plain(request(), body), streamed(request(), stream))) {
            assertThat(message.at("/usage/input_tokens").asInt()).isEqualTo(input);
            assertThat(message.at("/usage/output_tokens").asInt()).isEqualTo(output);
            var details = message.at("/usage/output_tokens_details/thinking_tokens");
            assertThat(details.isMissingNode() ? null : (Integer) details.asInt())
                    .isEqualTo(thinking);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"cached_tokens\":4}}]}",
                "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":4}}}}",
                "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":null}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"prompt_cache_hit_tokens\":4}}",
            })
    void usageIsFoundWhereverItStands(String last) throws Exception {
        var message =
                streamed(
                        request(),
                        chunk("{\"content\":\"Hi.\"}") + "data: " + last + "\n\n" + DONE);
        var whole =
                plain(request(), last.replace("\"delta\":{}", "\"message\":{\"content\":\"Hi.\"}"));

        for (var usage : List.of(message.path("usage"), whole.path("usage"))) {
            assertThat(usage.path("input_tokens").asInt()).isEqualTo(5);
            assertThat(usage.path("cache_read_input_tokens").asInt()).isEqualTo(4);
            assertThat(usage.path("output_tokens").asInt()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{\"total_tokens\":null}", "[]"})
    void usageThatSaysNothingIsNotReported(String usage) throws Exception {
        var body = answer(SAID, "stop").replaceFirst("\\{", "{\"usage\":" + usage + ",");

        assertThat(Translated.reading(request(), body))
                .isInstanceOfSatisfying(
                        Reading.Answered.class,
                        answered -> assertThat(answered.reported()).isFalse());
    }

    // Why it ended

    @ParameterizedTest
    @CsvSource({
        "SAFETY,refusal,SAFETY",
        "RECITATION,refusal,RECITATION",
        "BLOCKLIST,refusal,BLOCKLIST",
        "PROHIBITED_CONTENT,refusal,PROHIBITED_CONTENT",
        "SPII,refusal,SPII",
        "prohibited_content,refusal,prohibited_content",
        "content_filter: RECITATION,refusal,RECITATION",
        "content_filter:SAFETY,refusal,SAFETY",
        "content_filter,refusal,",
        "CONTENT_FILTER,refusal,",
        "MAX_TOKENS,max_tokens,",
        "max_tokens,max_tokens,",
        "LENGTH,max_tokens,",
        "STOP,end_turn,",
        "eos_token,end_turn,",
        "end_turn,end_turn,",
    })
    void reasonsAreReadInEverySpelling(String finish, String reason, String explanation)
            throws Exception {
        var body = answer(SAID, finish);
        var stream = chunk("{\"content\":\"Hi.\"}") + chunk("{}", "\"" + finish + "\"") + DONE;
        var silent = chunk("{\"content\":\"\"}", "\"" + finish + "\"") + DONE;

        for (var message :
                List.of(
                        plain(request(), body),
                        streamed(request(), stream),
                        streamed(request(), silent))) {
            assertThat(message.path("stop_reason").asString()).isEqualTo(reason);
            assertThat(message.at("/stop_details/explanation").asString(null))
                    .isEqualTo(explanation);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MALFORMED_FUNCTION_CALL", "ABORT", "error: upstream died"})
    void whatDidNotComeToItsEndIsNoAnswer(String finish) throws Exception {
        assertThat(Translated.reading(request(), answer(SAID, finish)))
                .isInstanceOfSatisfying(
                        Reading.Fault.class,
                        fault -> assertThat(fault.kind()).isEqualTo(Reading.Kind.FAILED));
        assertThat(events(request(), chunk("{\"content\":\"Hi.\"}", "\"" + finish + "\"") + DONE))
                .contains("event: error\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"matched_stop", "stop_reason"})
    void aStopSequenceThatNobodyAskedForIsTheEndOfTheTurn(String field) throws Exception {
        var body =
                answer(SAID, "stop")
                        .replace(
                                "\"finish_reason\"",
                                "\"" + field + "\":\"<|im_end|>\",\"finish_reason\"");

        var message = plain(request(), body);

        assertThat(message.path("stop_reason").asString()).isEqualTo("end_turn");
        assertThat(message.path("stop_sequence").isNull()).isTrue();
        assertThat(
                        plain(
                                        request(
                                                "\"stop_sequences\":[\"<|im_end|>\"],\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"}]"),
                                        body)
                                .path("stop_sequence")
                                .asString())
                .isEqualTo("<|im_end|>");
    }

    @Test
    void anEmptyReasonInEveryChunkIsNone() throws Exception {
        var stream = chunk("{\"content\":\"Hi\"}", "\"\"") + chunk("{\"content\":\".\"}", "\"\"");

        assertThat(streamed(request(), stream + chunk("{}", "\"stop\"")).at("/content/0/text"))
                .isEqualTo(JSON.readTree("\"Hi.\""));
        assertThat(catchBroken(stream)).isTrue();
    }

    private static boolean catchBroken(String stream) throws Exception {
        try {
            var _ = events(request(), stream);
            return false;
        } catch (BrokenAnswerException _) {
            return true;
        }
    }

    // An answer that is none

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0}}\n\n",
                "data: {\"id\":\"1\",\"choices\":null,\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0}}\n\n",
                "data: {\"id\":\"1\",\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0}}\n\n",
            })
    void anAnswerThatIsOnlyCountedIsAnError(String stream) throws Exception {
        var sink = events(request(), stream + DONE);

        // It is the whole answer to the call, and no stream.
        assertThat(sink).doesNotContain("event: message_start");
        assertThat(Translated.reading(request(), stream + DONE)).isInstanceOf(Reading.Fault.class);
        assertThat(Translated.reading(request(), stream.replace("data: ", "")))
                .isInstanceOf(Reading.Fault.class);
    }

    @Test
    void aStreamThatBeginsAndIsDoneIsAnError() throws Exception {
        assertThat(events(request(), chunk("{\"role\":\"assistant\",\"content\":\"\"}") + DONE))
                .contains("event: error\n")
                .doesNotContain("message_stop");
    }

    // Shapes

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/octet-stream",
                "application/json",
                "text/event-stream"
            })
    void aStreamIsOneByItsFirstBytes(String contentType) throws Exception {
        var stream =
                chunk("{\"content\":\"Hi\"}") + chunk("{\"content\":\".\"}", "\"stop\"") + DONE;
        var random = new Random(7);
        for (var start : new String[] {"", ": alive\n\n", "\n\n", "event: message\n", "\uFEFF"}) {
            var told =
                    Translated.eventsCalled(
                            contentType, request(), Pieces.of(start + stream, random));

            assertThat(AccumulatedMessage.of(told).at("/content/0/text").asString())
                    .isEqualTo("Hi.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"version: 1\n\n", "x\n", "version: 1\npadding: "})
    void whatTheFirstBytesDoNotTellTheContentTypeDoes(String start) throws Exception {
        var tiny =
                "data: {\"choices\":[{\"delta\":{\"content\":\"Hi.\"},\"finish_reason\":\"stop\"}]}\n\n";
        for (var padding : new String[] {"", "x".repeat(300)}) {
            var told = events(request(), start + padding + "\n" + tiny);

            assertThat(AccumulatedMessage.of(told).at("/content/0/text").asString())
                    .isEqualTo("Hi.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "text/plain", "application/json"})
    void aWholeAnswerIsOneByItsFirstBytes(String contentType) throws Exception {
        for (var end : new String[] {"", "\n", "\ndata: [DONE]\n\n", "data: [DONE]"}) {
            var told =
                    Translated.eventsCalled(
                            contentType,
                            request(),
                            Pieces.of(answer(SAID, "stop") + end, new Random(7)));

            assertThat(AccumulatedMessage.of(told).at("/content/0/text").asString())
                    .isEqualTo("Hi.");
        }
    }

    @Test
    void aPlainCallMayBeAnsweredByAStream() throws Exception {
        var whole = answer(SAID, "stop");
        var bodies = new ArrayList<String>();
        bodies.add(whole + "\n\ndata: [DONE]\n\n");
        bodies.add(whole + "data: [DONE]");
        bodies.add("data: " + whole + "\n\n" + DONE);
        bodies.add("data: " + whole + "\n\n");
        bodies.add(
                ": alive\n\n"
                        + chunk("{\"reasoning_content\":\"Hm\"}")
                        + chunk("{\"reasoning_content\":\".\"}")
                        + chunk("{\"content\":\"H\"}")
                        + chunk("{\"content\":\"i.\"}", "\"stop\"")
                        + DONE);

        for (var body : bodies) {
            var message = plain(request(), body);
            assertThat(message.at("/content/0/text").asString()).isEqualTo("Hi.");
            assertThat(message.path("id").asString()).isEqualTo("msg_1");
        }
        assertThat(plain(thinking(), bodies.getLast()).at("/content/0/thinking").asString())
                .isEqualTo("Hm.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n",
                "data: nonsense\n\n",
                "data: {\"error\":{\"message\":\"gone\",\"code\":500}}\n\ndata: [DONE]\n\n",
                "data: [DONE]\n\n",
            })
    void aStreamThatAnswersAPlainCallAndHasNoEndIsNoAnswer(String body) throws Exception {
        assertThat(Translated.reading(request(), body)).isInstanceOf(Reading.Fault.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:\n\n", "data: \n\n", "data:\t\n\n", "data:\ndata:\n\n"})
    void dataWithNothingInItIsASignOfLife(String alive) throws Exception {
        var stream =
                alive
                        + chunk("{\"content\":\"Hi\"}")
                        + alive
                        + chunk("{\"content\":\".\"}", "\"stop\"")
                        + alive
                        + DONE;

        var told = events(request(), stream);

        assertThat(AccumulatedMessage.of(told).at("/content/0/text").asString()).isEqualTo("Hi.");
        assertThat(told).contains("event: ping\n");
        assertThat(plain(request(), stream).at("/content/0/text").asString()).isEqualTo("Hi.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: [DONE] \n\n", "data:\t[DONE]\t\n\n", "data:  [DONE]\t \r\n\r\n"})
    void theEndOfAStreamMayBePadded(String done) throws Exception {
        var stream = chunk("{\"content\":\"Hi.\"}") + done;

        assertThat(streamed(request(), stream).path("stop_reason").asString())
                .isEqualTo("end_turn");
        assertThat(plain(request(), stream).path("stop_reason").asString()).isEqualTo("end_turn");
    }

    // Thoughts among the content

    private static final String MISTRAL =
            "[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm\"},{\"type\":\"text\",\"text\":\".\"}],\"closed\":true},{\"type\":\"text\",\"text\":\"Hi.\"}]";

    @ParameterizedTest
    @ValueSource(
            strings = {
                MISTRAL,
                "[{\"type\":\"thinking\",\"thinking\":\"Hm.\"},{\"type\":\"text\",\"text\":\"Hi.\"}]",
                "[{\"type\":\"thinking\",\"thinking\":[\"Hm.\"]},\"Hi.\"]",
            })
    void thoughtsThatStandAmongTheContentAreThoughts(String content) throws Exception {
        var body = answer("{\"content\":" + content + "}", "stop");
        var stream = chunk("{\"content\":" + content + "}", "\"stop\"") + DONE;

        for (var message : List.of(plain(thinking(), body), streamed(thinking(), stream))) {
            assertThat(types(message)).containsExactly("thinking", "text");
            assertThat(message.at("/content/0/thinking").asString()).isEqualTo("Hm.");
            assertThat(message.at("/content/0/signature").asString()).isEmpty();
            assertThat(message.at("/content/1/text").asString()).isEqualTo("Hi.");
        }
        assertThat(types(plain(request(), body))).containsExactly("text");
    }

    @Test
    void thoughtsInPiecesBecomeOneBlock() throws Exception {
        var stream =
                chunk(
                                "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm\"}]}]}")
                        + chunk(
                                "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\".\"}]}]}")
                        + chunk("{\"content\":\"Hi.\"}", "\"stop\"")
                        + DONE;

        var message = streamed(thinking(), stream);

        assertThat(types(message)).containsExactly("thinking", "text");
        assertThat(message.at("/content/0/thinking").asString()).isEqualTo("Hm.");
    }

    private static List<String> types(JsonNode message) {
        return message.path("content").values().stream()
                .map(block -> block.path("type").asString())
                .toList();
    }

    // Ids

    @Test
    void aServerWithoutIdsHasOnesOfItsOwnForEveryAnswer() throws Exception {
        var call = "{\"index\":0,\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}";
        var body = Odd.calling(call).replace("\"id\":\"chatcmpl-1\",", "");
        var stream = Odd.stream(call).replace("\"id\":\"chatcmpl-1\",", "\"id\":\"\",");
        var config = new OpenAiConfig("local", URI.create("http://127.0.0.1:9/v1"), null, "n/0");
        var answers = new Answers(config, new Random(1));
        var ids = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            for (var text : List.of(body, stream)) {
                var reading =
                        answers.completion(
                                new HttpOutcome.Complete(
                                        200, HttpHeaders.NONE, text.getBytes(UTF_8)),
                                request(),
                                "batch");
                addIds(ids, JSON.readTree(((Reading.Answered) reading).message().array()));
            }
            addIds(ids, AccumulatedMessage.of(Translated.events(answers, request(), stream)));
        }

        assertThat(ids).hasSize(18).doesNotHaveDuplicates();
        assertThat(ids).allMatch(id -> id.matches("msg_[0-9a-f]{32}|toolu_[0-9a-f]{32}_0"));
    }

    private static void addIds(List<String> ids, JsonNode message) {
        ids.add(message.path("id").asString());
        ids.add(message.at("/content/0/id").asString());
    }
}
