package dev.nightmail.upstream.openai;

import static dev.nightmail.upstream.openai.Odd.DONE;
import static dev.nightmail.upstream.openai.Odd.answer;
import static dev.nightmail.upstream.openai.Odd.calling;
import static dev.nightmail.upstream.openai.Odd.calls;
import static dev.nightmail.upstream.openai.Odd.chunk;
import static dev.nightmail.upstream.openai.Odd.events;
import static dev.nightmail.upstream.openai.Odd.plain;
import static dev.nightmail.upstream.openai.Odd.request;
import static dev.nightmail.upstream.openai.Odd.stream;
import static dev.nightmail.upstream.openai.Odd.streamed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of tools, by servers that number, name and repeat them in ways of their own. */
final class OddToolCallsTest {

    private static final String OSLO = "call_a get_weather {\"city\":\"Oslo\"}";

    static Stream<Arguments> streams() {
        return Stream.of(
                Arguments.of(
                        "the name comes after the id",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"arguments\":\"\"}}",
                                "{\"index\":0,\"function\":{\"name\":\"get_weather\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the name is empty at first",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"\",\"arguments\":\"\"}}",
                                "{\"index\":0,\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\"}}",
                                "{\"index\":0,\"function\":{\"name\":\"\",\"arguments\":\"\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the name comes after the input",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"arguments\":\"{\\\"city\\\":\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"\\\"Oslo\\\"}\"}}",
                                "{\"index\":0,\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the name comes in two pieces, of which the first is a name too",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get\"}}",
                                "{\"index\":0,\"function\":{\"name\":\"_weather\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the name grows",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_\"}}",
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "two calls of which each is named late",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"arguments\":\"\"}}",
                                "{\"index\":0,\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":0,\"id\":\"call_b\",\"function\":{\"arguments\":\"\"}}",
                                "{\"index\":0,\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}"),
                        List.of(OSLO, "call_b now {}")),
                Arguments.of(
                        "the index changes within the call",
                        stream(
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the index changes within each of two calls",
                        stream(
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":2,\"id\":\"call_b\",\"function\":{\"name\":\"now\",\"arguments\":\"\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"{\\\"zone\\\":\\\"UTC\\\"}\"}}"),
                        List.of(OSLO, "call_b now {\"zone\":\"UTC\"}")),
                Arguments.of(
                        "the index changes and the id stays",
                        stream(
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}",
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the index is only told at the beginning",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}",
                                "{\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "one id for two calls",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}"),
                        List.of(OSLO, "call_a_1 now {}")),
                Arguments.of(
                        "one id for three calls of one tool, two of them in pieces",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\"}}",
                                "{\"index\":1,\"function\":{\"arguments\":\"\\\"Rome\\\"}\"}}",
                                "{\"index\":2,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\"}}",
                                "{\"index\":2,\"function\":{\"arguments\":\"\\\"Bonn\\\"}\"}}"),
                        List.of(
                                OSLO,
                                "call_a_1 get_weather {\"city\":\"Rome\"}",
                                "call_a_2 get_weather {\"city\":\"Bonn\"}")),
                Arguments.of(
                        "one id and one index for two calls",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}"),
                        List.of(OSLO, "call_a_1 now {}")),
                Arguments.of(
                        "an id that looks like a suffix",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"id\":\"call_a_1\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}",
                                "{\"index\":2,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}"),
                        List.of(OSLO, "call_a_1 now {}", "call_a_2 now {}")),
                Arguments.of(
                        "the same whole call again under another index",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the same call again, first in pieces, then whole and without its id",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "the same call again without an index",
                        stream(
                                "{\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "two calls that say the same under ids of their own are two",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"id\":\"call_b\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO, "call_b get_weather {\"city\":\"Oslo\"}")),
                Arguments.of(
                        "the input is followed by what is none",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}</tool_call>\"}}",
                                "{\"index\":0,\"function\":{\"arguments\":\"\\n\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        "calls without input before one with input",
                        stream(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"\"}}",
                                "{\"index\":1,\"id\":\"call_b\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{}\"}}"),
                        List.of("call_a now {}", "call_b get_weather {}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void aClientGetsTheCallsThatWereMeant(String name, String stream, List<String> calls)
            throws Exception {
        var message = streamed(request(), stream);

        assertThat(calls(message)).isEqualTo(calls);
        assertThat(message.path("stop_reason").asString()).isEqualTo("tool_use");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void aPlainCallThatIsAnsweredByTheStreamGetsTheSame(
            String name, String stream, List<String> calls) throws Exception {
        assertThat(calls(plain(request(), stream))).isEqualTo(calls);
    }

    static Stream<Arguments> wholeAnswers() {
        return Stream.of(
                Arguments.of(
                        calling(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}"),
                        List.of(OSLO, "call_a_1 now {}")),
                Arguments.of(
                        calling(
                                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}",
                                "{\"index\":1,\"id\":\"call_a\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                        List.of(OSLO)),
                Arguments.of(
                        calling(
                                "{\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}",
                                "{\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"{\\\"zone\\\":1}\"}}",
                                "{\"id\":\"call_b\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}"),
                        List.of("call_a now {}", "call_a_1 now {\"zone\":1}", "call_b now {}")),
                // Older TGI: one call, and no list around it.
                Arguments.of(
                        answer(
                                "{\"role\":\"assistant\",\"tool_calls\":{\"id\":\"call_a\",\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Oslo\"}}}}",
                                "eos_token"),
                        List.of(OSLO)),
                // The API before it knew tools.
                Arguments.of(
                        answer(
                                "{\"role\":\"assistant\",\"content\":null,\"function_call\":{\"name\":\"now\",\"arguments\":\"{\\\"zone\\\":1}\"}}",
                                "function_call"),
                        List.of("toolu_1_0 now {\"zone\":1}")),
                Arguments.of(
                        calling("{\"id\":\"call_a\",\"name\":\"now\",\"arguments\":{\"zone\":1}}"),
                        List.of("call_a now {\"zone\":1}")));
    }

    @ParameterizedTest
    @MethodSource("wholeAnswers")
    void aWholeAnswerIsReadByTheSameRules(String body, List<String> calls) throws Exception {
        assertThat(calls(plain(request(), body))).isEqualTo(calls);
        assertThat(calls(AccumulatedMessage.of(Translated.eventsOfWhole(request(), body))))
                .isEqualTo(calls);
    }

    @Test
    void aStreamWithOneCallAndNoListAroundItIsRead() throws Exception {
        var stream =
                chunk(
                                "{\"tool_calls\":{\"index\":0,\"id\":\"call_a\",\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\"}}}")
                        + chunk(
                                "{\"tool_calls\":{\"index\":0,\"id\":\"\",\"type\":\"function\",\"function\":{\"name\":null,\"arguments\":\"\\\"Oslo\\\"}\"}}}",
                                "\"eos_token\"")
                        + DONE;

        assertThat(calls(streamed(request(), stream))).containsExactly(OSLO);
    }

    @Test
    void aStreamOfAFunctionCallIsRead() throws Exception {
        var stream =
                chunk("{\"function_call\":{\"name\":\"get_weather\",\"arguments\":\"\"}}")
                        + chunk("{\"function_call\":{\"arguments\":\"{\\\"city\\\":\"}}")
                        + chunk("{\"function_call\":{\"arguments\":\"\\\"Oslo\\\"}\"}}")
                        + chunk("{}", "\"function_call\"");

        var message = streamed(request(), stream);

        assertThat(calls(message)).containsExactly("toolu_1_0 get_weather {\"city\":\"Oslo\"}");
        assertThat(message.path("stop_reason").asString()).isEqualTo("tool_use");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"arguments\":\"{}\"}}",
                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"\",\"arguments\":\"\"}}",
                "{\"index\":0,\"function\":{\"name\":null,\"arguments\":\"{\\\"function\\\":{\\\"_name\\\":\\\"now\\\"}}\"}}",
            })
    void aCallThatIsNeverNamedIsNoAnswer(String call) throws Exception {
        var request = request();

        assertThat(Translated.reading(request, calling(call))).isInstanceOf(Reading.Fault.class);
        assertThatThrownBy(() -> events(request, stream(call)))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("without a name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tool_calls", "function_call"})
    void anAnswerThatOnlySaysItCallsAToolIsNone(String finish) throws Exception {
        var request = request();
        var message = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":\"x\"}";

        assertThat(Translated.reading(request, answer(message, finish)))
                .isInstanceOf(Reading.Fault.class);
        assertThat(events(request, chunk("{\"content\":\"\"}", "\"" + finish + "\"") + DONE))
                .contains("event: error\n")
                .doesNotContain("message_stop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", " null ", "", "  ", "{}"})
    void noInputIsAnEmptyObject(String arguments) throws Exception {
        var call =
                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\""
                        + arguments
                        + "\"}}";

        assertThat(calls(plain(request(), calling(call)))).containsExactly("call_a now {}");
        assertThat(calls(streamed(request(), stream(call)))).containsExactly("call_a now {}");
        assertThat(events(request(), stream(call))).doesNotContain("\"null\"");
    }

    @Test
    void noInputIsAnEmptyObjectInPiecesTooAndTheNextCallFollows() throws Exception {
        var stream =
                stream(
                        "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\"nu\"}}",
                        "{\"index\":0,\"function\":{\"arguments\":\"ll\"}}",
                        "{\"index\":1,\"id\":\"call_b\",\"function\":{\"name\":\"now\",\"arguments\":null}}");

        assertThat(calls(streamed(request(), stream)))
                .containsExactly("call_a now {}", "call_b now {}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "None", "nul", "7"})
    void inputThatIsNoObjectIsWrappedInAStreamToo(String arguments) throws Exception {
        var call =
                "{\"index\":0,\"id\":\"call_a\",\"function\":{\"name\":\"now\",\"arguments\":\""
                        + arguments
                        + "\"}}";
        var wrapped = "call_a now {\"INVALID_JSON\":\"" + arguments + "\"}";

        assertThat(calls(plain(request(), calling(call)))).containsExactly(wrapped);
        assertThat(calls(streamed(request(), stream(call)))).containsExactly(wrapped);
    }

    @Test
    void anIdThatTheConversationHasIsNotGivenAgain() throws Exception {
        var request =
                request(
                        "\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"call_0\",\"name\":\"now\",\"input\":{}},{\"type\":\"tool_use\",\"id\":\"call_0_1\",\"name\":\"now\",\"input\":{}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"call_0\",\"content\":\"1\"},{\"type\":\"tool_result\",\"tool_use_id\":\"call_0_1\",\"content\":\"2\"}]}]");
        var zero =
                "{\"index\":0,\"id\":\"call_0\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}";
        var one =
                "{\"index\":1,\"id\":\"call_1\",\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}";

        var expected = List.of("call_0_2 now {}", "call_1 now {}");
        assertThat(calls(plain(request, calling(zero, one)))).isEqualTo(expected);
        assertThat(calls(streamed(request, stream(zero, one)))).isEqualTo(expected);
        assertThat(new String(request.body(), UTF_8))
                .contains("\"tool_call_id\":\"call_0\"", "\"tool_call_id\":\"call_0_1\"");
    }
}
