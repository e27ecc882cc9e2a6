package dev.nightmail.upstream.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.simulator.service.Latency;
import dev.nightmail.upstream.simulator.service.OutputLengths;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SimulatorUpstreamTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Instant now = Instant.parse("2026-11-21T00:00:00Z");
    private final List<Duration> waits = new ArrayList<>();
    private final SimulatorUpstream simulator = simulator(SimulatorConfig.DEFAULT);

    private SimulatorUpstream simulator(SimulatorConfig config) {
        return new SimulatorUpstream(config, () -> now, waits::add);
    }

    private static Call call(String params) {
        return new Call(
                new Call.Endpoint.Messages(),
                JsonBytes.of(params),
                ApiVersion.V2026_10_21,
                List.of(),
                null,
                Duration.ofMinutes(1));
    }

    /** A request that asks one thing, with further fields given as {@code "name":value,}. */
    private static Call ask(String prompt, String... fields) {
        return call(
                """
                {"model":"claude-haiku-4-5","max_tokens":500,%s"messages":[{"role":"user","content":%s}]}\
                """
                        .formatted(String.join("", fields), JSON.writeValueAsString(prompt)));
    }

    private static JsonNode message(AttemptOutcome outcome) {
        return JSON.readTree(((Answered) outcome).message().array());
    }

    private static String error(AttemptOutcome outcome) {
        return new String(
                switch (outcome) {
                    case Answered _ -> new byte[0];
                    case Refused(var error, var _, var _) -> error.array();
                    case Throttled(var _, var error, var _, var _) -> error.array();
                    case Failed(var _, var _, var error, var _) -> error.array();
                    case Unreachable(var _, var error) -> error.array();
                    case Barred(var reason, var _) -> reason.getBytes(UTF_8);
                },
                UTF_8);
    }

    @Test
    void anAnswerIsAWholeMessageThatSaysItIsSimulated() throws Exception {
        var outcome =
                (Answered) simulator.attempt(ask("The fox ran. The dog slept. What happened?"));

        var message = message(outcome);
        assertThat(message.path("id").stringValue()).startsWith("msg_sim_");
        assertThat(message.path("type").stringValue()).isEqualTo("message");
        assertThat(message.path("role").stringValue()).isEqualTo("assistant");
        assertThat(message.path("model").stringValue()).isEqualTo("claude-haiku-4-5");
        assertThat(message.path("content").path(0).path("text").stringValue())
                .startsWith("[simulated] ")
                .containsAnyOf("The fox ran", "The dog slept", "What happened");
        assertThat(message.path("stop_reason").stringValue()).isEqualTo("end_turn");
        assertThat(message.path("usage").path("service_tier").stringValue()).isEqualTo("batch");
        assertThat(outcome.billing().tier()).isEqualTo(ServiceTier.SIMULATED);
        assertThat(message.path("usage").path("input_tokens").longValue())
                .isEqualTo(outcome.usage().input())
                .isPositive();
        assertThat(message.path("usage").path("output_tokens").longValue())
                .isEqualTo(outcome.usage().output())
                .isPositive();
        assertThat(new String(outcome.message().array(), UTF_8)).doesNotContain("\n");
    }

    @Test
    void theSameRequestHasTheSameAnswerWhateverWasAskedBefore() throws Exception {
        var other = simulator(SimulatorConfig.DEFAULT);
        for (int i = 0; i < 20; i++) {
            other.attempt(ask("Something else " + i));
        }

        assertThat(other.attempt(ask("A question. With two sentences.")))
                .isEqualTo(simulator.attempt(ask("A question. With two sentences.")));
    }

    @Test
    void anotherSeedHasOtherAnswers() throws Exception {
        var other = simulator(SimulatorConfig.DEFAULT.withSeed(1));

        assertThat(message(other.attempt(ask("A question."))).path("id"))
                .isNotEqualTo(message(simulator.attempt(ask("A question."))).path("id"));
    }

    @Test
    void differentRequestsHaveDifferentIds() throws Exception {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 1000; i++) {
            ids.add(message(simulator.attempt(ask("Question " + i))).path("id").stringValue());
        }

        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void anAnswerEndsAtMaxTokens() throws Exception {
        var outcome =
                (Answered)
                        simulator.attempt(
                                call(
                                        """
                                        {"model":"claude-haiku-4-5","max_tokens":5,"messages":[{"role":"user","content":"%s"}]}\
                                        """
                                                .formatted(
                                                        "A long sentence without an end "
                                                                .repeat(20))));

        assertThat(message(outcome).path("stop_reason").stringValue()).isEqualTo("max_tokens");
        assertThat(outcome.usage().output()).isEqualTo(5);
        assertThat(message(outcome).path("content").path(0).path("text").stringValue())
                .hasSizeLessThanOrEqualTo(18);
    }

    @Test
    void anAnswerEndsBeforeAStopSequence() throws Exception {
        var message =
                message(simulator.attempt(ask("Hello there.", "\"stop_sequences\":[\"short\"],")));

        assertThat(message.path("stop_reason").stringValue()).isEqualTo("stop_sequence");
        assertThat(message.path("stop_sequence").stringValue()).isEqualTo("short");
        assertThat(message.path("content").path(0).path("text").stringValue())
                .isEqualTo("[simulated] In ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":%s}},",
                "\"output_format\":{\"type\":\"json_schema\",\"schema\":%s},"
            })
    void aSchemaIsSatisfied(String field) throws Exception {
        String schema =
                """
                {"type":"object","properties":{"sentiment":{"enum":["positive","negative"]},"score":{"type":"integer","minimum":1,"maximum":5}},"required":["sentiment","score"],"additionalProperties":false}\
                """;

        var message =
                message(
                        simulator.attempt(
                                ask("I love it, wonderful, the best!", field.formatted(schema))));

        var answer = JSON.readTree(message.path("content").path(0).path("text").stringValue());
        assertThat(answer.path("sentiment").stringValue()).isEqualTo("positive");
        assertThat(answer.path("score").intValue()).isBetween(1, 5);
        assertThat(answer.size()).isEqualTo(2);
    }

    @Test
    void aLabelFollowsTheMoodOfThePrompt() throws Exception {
        String field =
                "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"enum\":[\"positive\",\"neutral\",\"negative\"]}}},";

        assertThat(
                        message(simulator.attempt(ask("Terrible. A waste, and broken too.", field)))
                                .path("content")
                                .path(0)
                                .path("text")
                                .stringValue())
                .isEqualTo("\"negative\"");
    }

    @Test
    void aSchemaThatCannotBeSatisfiedIsRefused() throws Exception {
        var outcome =
                simulator.attempt(
                        ask(
                                "x",
                                "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"enum\":[]}}},"));

        assertThat(outcome).isInstanceOf(Refused.class);
        assertThat(error(outcome)).contains("invalid_request_error", "enum");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"tool\",\"name\":\"rate\"}", "{\"type\":\"any\"}"})
    void aForcedToolIsCalledWithAnInputOfItsSchema(String choice) throws Exception {
        var message =
                message(
                        simulator.attempt(
                                ask(
                                        "How good?",
                                        "\"tools\":[{\"name\":\"rate\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"stars\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":5}},\"required\":[\"stars\"]}}],\"tool_choice\":"
                                                + choice
                                                + ",")));

        assertThat(message.path("stop_reason").stringValue()).isEqualTo("tool_use");
        var use = message.path("content").path(0);
        assertThat(use.path("type").stringValue()).isEqualTo("tool_use");
        assertThat(use.path("id").stringValue()).startsWith("toolu_");
        assertThat(use.path("name").stringValue()).isEqualTo("rate");
        assertThat(use.path("input").path("stars").intValue()).isBetween(1, 5);
    }

    @Test
    void aPrefixIsWrittenToTheCacheOnceAndReadUntilItsTimeIsOver() throws Exception {
        String field =
                "\"system\":[{\"type\":\"text\",\"text\":\"%s\",\"cache_control\":{\"type\":\"ephemeral\"}}],"
                        .formatted("Judge by these rules. ".repeat(1000));

        var first = ((Answered) simulator.attempt(ask("one", field))).usage();
        now = now.plusSeconds(299);
        var second = ((Answered) simulator.attempt(ask("two", field))).usage();
        now = now.plusSeconds(300);
        var third = ((Answered) simulator.attempt(ask("two", field))).usage();

        assertThat(first.cacheCreation5m()).isBetween(6000L, 6500L);
        assertThat(first.cacheRead()).isZero();
        assertThat(first.input()).isLessThan(20);
        assertThat(second)
                .isEqualTo(
                        new Usage(first.input(), second.output(), 0, 0, first.cacheCreation5m()));
        assertThat(third.cacheRead()).isZero();
        assertThat(third.cacheCreation5m()).isEqualTo(first.cacheCreation5m());
    }

    @Test
    void aLongerPrefixPaysOnlyForWhatItAdds() throws Exception {
        String block =
                "{\"type\":\"text\",\"text\":\"%s\",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}}";
        String head = block.formatted("First part. ".repeat(2000));
        String tail = block.formatted("Second part. ".repeat(2000));

        var first = ((Answered) simulator.attempt(ask("q", "\"system\":[" + head + "],"))).usage();
        var second =
                ((Answered) simulator.attempt(ask("q", "\"system\":[" + head + "," + tail + "],")))
                        .usage();

        assertThat(first.cacheCreation1h()).isPositive();
        assertThat(second.cacheRead()).isEqualTo(first.cacheCreation1h());
        assertThat(second.cacheCreation1h()).isBetween(7000L, 7800L);
    }

    @Test
    void aShortPrefixIsNotCached() throws Exception {
        String field =
                "\"system\":[{\"type\":\"text\",\"text\":\"Be brief.\",\"cache_control\":{\"type\":\"ephemeral\"}}],";

        var usage = ((Answered) simulator.attempt(ask("one", field))).usage();

        assertThat(usage.cacheCreation5m()).isZero();
        assertThat(usage.input()).isPositive();
    }

    @Test
    void latencyIsThatOfTheFirstTokenAndOfEachThatFollows() throws Exception {
        var slow =
                simulator(
                        SimulatorConfig.DEFAULT.withLatency(
                                Latency.of(Duration.ofMillis(300), Duration.ofMillis(10))));

        var outcome = (Answered) slow.attempt(ask("A question."));

        assertThat(waits).containsExactly(Duration.ofMillis(300 + 10 * outcome.usage().output()));
    }

    @Test
    void aCallThatWouldTakeTooLongTimesOut() throws Exception {
        var slow =
                simulator(
                        SimulatorConfig.DEFAULT.withLatency(
                                Latency.of(Duration.ofMinutes(2), Duration.ZERO)));

        var failed = (Failed) slow.attempt(ask("A question."));

        assertThat(failed.phase()).isEqualTo("call timeout");
        assertThat(error(failed)).contains("timeout_error");
        assertThat(waits).containsExactly(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rate_limit|Throttled|rate_limit_error",
                "overloaded|Throttled|overloaded_error",
                "api|Failed|api_error",
                "timeout|Failed|timeout_error",
                "cut|Failed|api_error",
                "garbage|Failed|api_error",
                "unreachable|Unreachable|api_error",
                "invalid_request|Refused|invalid_request_error",
                "not_found|Refused|not_found_error",
                "permission|Refused|permission_error"
            })
    void aPromptOrdersItsOwnFault(String fault, String outcome, String type) throws Exception {
        var struck = simulator.attempt(ask("Please nightmail-simulate:error=" + fault + "."));

        assertThat(struck.getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(error(struck)).contains("\"" + type + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"authentication", "billing"})
    void aFaultOfKeyOrAccountBarsWhoeverAsks(String fault) throws Exception {
        assertThat(simulator.attempt(ask("Please nightmail-simulate:error=" + fault + ".")))
                .isInstanceOf(Barred.class);
    }

    @Test
    void anOrderedFaultPassesAfterSoManyTimes() throws Exception {
        var call =
                ask(
                        "Hello.",
                        "\"metadata\":{\"user_id\":\"nightmail-simulate:error=overloaded;times=2;retry-after=1.5s\"},");

        assertThat(((Throttled) simulator.attempt(call)).retryAfter())
                .isEqualTo(Duration.ofMillis(1500));
        assertThat(simulator.attempt(call)).isInstanceOf(Throttled.class);
        assertThat(simulator.attempt(call)).isInstanceOf(Answered.class);
    }

    @Test
    void anOrderInWordsThatMakeNoneIsRefusedWithTheReason() throws Exception {
        var outcome = simulator.attempt(ask("nightmail-simulate:error=flood"));

        assertThat(outcome).isInstanceOf(Refused.class);
        assertThat(error(outcome)).contains("error=flood", "overloaded");
    }

    @Test
    void aScriptStrikesEveryNthCall() throws Exception {
        var faulty =
                simulator(
                        SimulatorConfig.DEFAULT.withFaults(
                                FaultScript.parse("error=api;every=3 delay=2s;every=4")));

        var outcomes = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
            outcomes.add(faulty.attempt(ask("Question " + i)).getClass().getSimpleName());
        }

        assertThat(outcomes)
                .containsExactly(
                        "Answered", "Answered", "Failed", "Answered", "Answered", "Failed");
        assertThat(waits).containsExactly(Duration.ofSeconds(2));
    }

    @Test
    void aScriptStrikesWithItsProbabilityAndARetryRollsAgain() throws Exception {
        var faulty =
                simulator(
                        SimulatorConfig.DEFAULT.withFaults(
                                FaultScript.parse("error=overloaded;probability=0.2")));
        int struck = 0;
        int struckAgain = 0;
        for (int i = 0; i < 2000; i++) {
            var call = ask("Question " + i);
            if (faulty.attempt(call) instanceof Throttled) {
                struck++;
                struckAgain += faulty.attempt(call) instanceof Throttled ? 1 : 0;
            }
        }

        assertThat(struck).isBetween(330, 470);
        assertThat(struckAgain).isBetween(40, 130);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error=flood",
                "errors=api",
                "times=3",
                "error=api;times=-1",
                "error=api;every=0",
                "error=api;probability=2",
                "error=api;times=x",
                "delay=-1s",
                "delay=1y",
                "nonsense"
            })
    void aScriptThatMakesNoSenseIsRefused(String script) {
        assertThatThrownBy(() -> FaultScript.parse(script))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aConversationReadsWhatItsLastTurnWrote() throws Exception {
        String turns =
                """
                {"model":"claude-haiku-4-5","max_tokens":50,"cache_control":{"type":"ephemeral"},"messages":[\
                {"role":"user","content":"%s"}%s]}\
                """;
        String opening = "A long story. ".repeat(2000);

        var first = ((Answered) simulator.attempt(call(turns.formatted(opening, "")))).usage();
        var second =
                ((Answered)
                                simulator.attempt(
                                        call(
                                                turns.formatted(
                                                        opening,
                                                        ",{\"role\":\"assistant\",\"content\":\"Yes.\"},{\"role\":\"user\",\"content\":\"And then?\"}"))))
                        .usage();

        assertThat(first.cacheCreation5m()).isPositive();
        assertThat(second.cacheRead()).isEqualTo(first.cacheCreation5m());
        assertThat(second.cacheCreation5m()).isBetween(5L, 30L);
    }

    @Test
    void anotherChoiceOfToolsLeavesWhatIsCachedOfThemAndNotOfTheConversation() throws Exception {
        String params =
                """
                {"model":"claude-haiku-4-5","max_tokens":50,%s\
                "system":[{"type":"text","text":"%s","cache_control":{"type":"ephemeral"}}],\
                "messages":[{"role":"user","content":[{"type":"text","text":"%s","cache_control":{"type":"ephemeral"}}]}]}\
                """;
        String rules = "Judge by these rules. ".repeat(1000);
        String story = "A long story. ".repeat(1000);

        var first =
                ((Answered) simulator.attempt(call(params.formatted("", rules, story)))).usage();
        var second =
                ((Answered)
                                simulator.attempt(
                                        call(
                                                params.formatted(
                                                        "\"thinking\":{\"type\":\"disabled\"},",
                                                        rules,
                                                        story))))
                        .usage();

        assertThat(first.cacheRead()).isZero();
        assertThat(second.cacheRead()).isPositive();
        assertThat(second.cacheRead() + second.cacheCreation5m())
                .isEqualTo(first.cacheCreation5m());
        assertThat(second.cacheCreation5m()).isPositive();
    }

    @Test
    void answersInWordsAreAsLongAsTheyAreWantedAndNoLongerThanTheyMayBe() throws Exception {
        var wordy = simulator(SimulatorConfig.DEFAULT.withOutputLengths(new OutputLengths(300, 0)));

        var outcome = (Answered) wordy.attempt(ask("The fox ran. The dog slept."));

        assertThat(outcome.usage().output()).isEqualTo(300);
        assertThat(message(outcome).path("stop_reason").stringValue()).isEqualTo("end_turn");
        assertThat(message(outcome).path("content").path(0).path("text").stringValue())
                .startsWith("[simulated] ")
                .hasSize(1050);
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-hiaku-4-5", "claude-haiku-4-5 ", "gpt-5", "CLAUDE-HAIKU-4-5"})
    void aModelThatNobodyHasPublishedIsNotFound(String model) throws Exception {
        var refused =
                simulator.attempt(
                        call(
                                "{\"model\":\"%s\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                                        .formatted(model)));

        assertThat(error(refused)).contains("not_found_error").contains("model: " + model);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claude-sonnet-4-20250514",
                "claude-3-5-haiku-latest",
                "claude-3-opus-20240229",
                "claude-haiku-4-5-20251001"
            })
    void namesThatOlderProgramsUseAreAnswered(String model) throws Exception {
        assertThat(
                        simulator.attempt(
                                call(
                                        "{\"model\":\"%s\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                                                .formatted(model))))
                .isInstanceOf(Answered.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"temprature", "strem", "max_token", "Model"})
    void aFieldThatNobodyHasPublishedIsRefused(String field) throws Exception {
        assertThat(error(simulator.attempt(ask("hi", "\"" + field + "\":0,"))))
                .contains("invalid_request_error")
                .contains(field + ": Extra inputs are not permitted");
    }

    @Test
    void aSimulatorThatIsNotStrictTakesWhatAServerOfNextYearMay() throws Exception {
        var lenient = simulator(SimulatorConfig.DEFAULT.withStrict(false));

        assertThat(
                        lenient.attempt(
                                call(
                                        "{\"model\":\"mine\",\"next_year\":1,\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")))
                .isInstanceOf(Answered.class);
    }

    @Test
    void aPromptThatAsksForJsonInWordsIsAnsweredWithTheFormItShows() throws Exception {
        var answer =
                message(
                        simulator.attempt(
                                ask(
                                        """
                                        Analyze the sentiment of this review. Respond with JSON only, like this:
                                        {"sentiment": "positive|negative|neutral", "score": 1-5, "topics": ["..."],
                                         "is_spam": true, "summary": "one sentence"}

                                        Review: I love it.\
                                        """)));

        var text = answer.path("content").path(0).path("text").asString();
        var json = JSON.readTree(text);
        assertThat(json.path("sentiment").asString()).isIn("positive", "negative", "neutral");
        assertThat(json.path("score").isIntegralNumber()).isTrue();
        assertThat(json.path("score").asInt()).isBetween(1, 5);
        assertThat(json.path("topics").isArray()).isTrue();
        assertThat(json.path("is_spam").isBoolean()).isTrue();
        assertThat(json.path("summary").isString()).isTrue();
        assertThat(answer.path("id").asString()).startsWith("msg_sim_");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Return valid JSON.",
                "Output your answer as a JSON object with the keys name and age",
                "JSON only, please.",
                "Answer in JSON, nothing else."
            })
    void whateverTheWordsJsonIsWhatComes(String wish) throws Exception {
        var text =
                message(simulator.attempt(ask("Who is it? " + wish)))
                        .path("content")
                        .path(0)
                        .path("text")
                        .asString();

        assertThat(JSON.readTree(text).isObject()).isTrue();
    }

    @Test
    void aPromptThatOnlySpeaksOfJsonIsAnsweredInWords() throws Exception {
        var text =
                message(simulator.attempt(ask("What is the history of JSON?")))
                        .path("content")
                        .path(0)
                        .path("text")
                        .asString();

        assertThat(text).startsWith("[simulated] ");
    }
}
