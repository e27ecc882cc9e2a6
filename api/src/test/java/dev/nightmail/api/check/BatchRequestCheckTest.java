package dev.nightmail.api.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class BatchRequestCheckTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String GOOD =
            "\"model\":\"m\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private final BatchRequestCheck check = new BatchRequestCheck();

    @Test
    void anOrdinaryRequestPasses() {
        assertThat(check.problem(JsonBytes.of("{" + GOOD + "}"), ApiVersion.V2023_06_01)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"stream\":false",
                "\"stream\":null",
                "\"speed\":null",
                "\"research_preview_2026_02\":\"inactive\"",
                "\"fallback_credit_token\":\"t\"",
                "\"temperature\":1",
                "\"a_field_of_next_year\":{\"x\":[]}"
            })
    void whatABatchMayAskPasses(String field) {
        assertThat(check.problem(with(field), ApiVersion.V2023_06_01)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"stream\":true",
                "\"speed\":\"fast\"",
                "\"store\":true",
                "\"thread\":{}",
                "\"previous_thread_event_id\":\"e\"",
                "\"cache_hint\":\"c\"",
                "\"context_hint\":\"c\"",
                "\"research_preview_2026_02\":\"active\"",
                "\"fallbacks\":[]"
            })
    void whatNoBatchMayAskIsNamedByItsField(String field) {
        var name = field.substring(1, field.indexOf(':') - 1);

        assertThat(message(with(field), ApiVersion.V2023_06_01)).startsWith(name + ": ");
    }

    @Test
    void anErrorIsAWholeErrorResponse() {
        var error = check.problem(with("\"stream\":true"), ApiVersion.V2023_06_01).orElseThrow();

        assertThat(new String(error.array(), UTF_8))
                .isEqualTo(
                        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                                + "\"message\":\"stream: a batch does not stream\"},"
                                + "\"request_id\":null}");
    }

    @Test
    void whatIsMissingIsNamedAllAtOnce() {
        assertThat(message(JsonBytes.of("{}"), ApiVersion.V2026_10_21))
                .isEqualTo(
                        "model: Field required; max_tokens: Field required;"
                                + " messages: Field required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "\"10\"", "null", "true"})
    void maxTokensIsAPositiveInteger(String value) {
        var params = "{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":" + value + "}";

        assertThat(message(JsonBytes.of(params), ApiVersion.V2023_06_01))
                .startsWith("max_tokens: Input should be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"temperature", "top_p", "top_k"})
    void aModelThatIsNotClaudesIsSampledByAnyVersion(String field) {
        var ofRoutes = new BatchRequestCheck(model -> model.equals("m"));
        var before = JsonBytes.of("{\"" + field + "\":1," + GOOD + "}");

        assertThat(ofRoutes.problem(with("\"" + field + "\":1"), ApiVersion.V2026_10_21)).isEmpty();
        assertThat(ofRoutes.problem(before, ApiVersion.V2026_10_21)).isEmpty();
        assertThat(
                        ofRoutes.problem(
                                JsonBytes.of(
                                        new String(before.array(), UTF_8)
                                                .replace("\"m\"", "\"claude\"")),
                                ApiVersion.V2026_10_21))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"temperature", "top_p", "top_k"})
    void samplingEndedWithTheSecondGeneration(String name) {
        assertThat(message(with("\"" + name + "\":1"), ApiVersion.V2026_10_21))
                .isEqualTo(name + ": not supported since anthropic-version 2026-10-21");
    }

    @Test
    void aDocumentInAnAssistantMessageEndedWithTheSecondGeneration() {
        var params =
                messages(
                        """
                        {"role":"user","content":[{"type":"document"}]},
                        {"content":[{"type":"text","text":""},{"type":"document"}],"role":"assistant"}
                        """);

        assertThat(check.problem(params, ApiVersion.V2023_06_01)).isEmpty();
        assertThat(message(params, ApiVersion.V2026_10_21)).startsWith("messages.1.content.1: ");
    }

    @Test
    void citationsInAUserMessageEndedWithTheSecondGeneration() {
        var params =
                messages(
                        """
                        {"role":"assistant","content":[{"type":"text","citations":[{}]}]},
                        {"role":"user","content":[{"type":"text","citations":[]}]},
                        {"role":"user","content":[{"citations":[{}],"type":"text"}]}
                        """);

        assertThat(check.problem(params, ApiVersion.V2023_06_01)).isEmpty();
        assertThat(message(params, ApiVersion.V2026_10_21))
                .startsWith("messages.2.content.0.citations: ");
    }

    @Test
    void citationsInsideASearchResultAreFoundToo() {
        var params =
                messages(
                        """
                        {"role":"user","content":[
                          {"type":"search_result","citations":{"enabled":true},
                           "content":[{"type":"text","text":"t"},{"type":"text","citations":[1]}]}]}
                        """);

        assertThat(message(params, ApiVersion.V2026_10_21))
                .startsWith("messages.0.content.0.content.1.citations: ");
    }

    private static JsonBytes with(String field) {
        return JsonBytes.of("{" + GOOD + "," + field + "}");
    }

    private static JsonBytes messages(String messages) {
        return JsonBytes.of("{\"model\":\"m\",\"max_tokens\":1,\"messages\":[" + messages + "]}");
    }

    private String message(JsonBytes params, ApiVersion version) {
        var error = JSON.readTree(check.problem(params, version).orElseThrow().array());
        assertThat(error.at("/error/type").asString()).isEqualTo("invalid_request_error");
        return error.at("/error/message").asString();
    }
}
