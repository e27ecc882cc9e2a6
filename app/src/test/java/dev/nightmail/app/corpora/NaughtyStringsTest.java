package dev.nightmail.app.corpora;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The big list of naughty strings, in prompts and as names. */
class NaughtyStringsTest {

    private static final JsonMapper RAW = JsonMapper.builder().build();
    private static final JsonMapper ESCAPED =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final String CUSTOM_ID = "[a-zA-Z0-9_-]{1,64}";

    private EchoedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new EchoedServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void inPromptsTheyComeBackByteForByte() throws IOException {
        assertComeBack(Corpora.naughtyStrings(), RAW);
    }

    @Test
    void escapedToAsciiTheyStayEscaped() throws IOException {
        assertComeBack(Corpora.naughtyStrings(), ESCAPED);
    }

    private void assertComeBack(List<String> strings, JsonMapper mapper) throws IOException {
        var params = strings.stream().map(text -> json(mapper, text)).map(this::params).toList();

        var id = server.create(batch(params, number -> "s" + number)).id();
        var results = server.results(id);

        assertThat(server.requests(id))
                .isEqualTo(
                        IntStream.range(0, params.size())
                                .mapToObj(number ->
                                        "{\"custom_id\":\"s%d\",\"params\":%s}\n"
                                                .formatted(number, params.get(number)))
                                .collect(Collectors.joining()));
        assertThat(server.upstream.takeReceived()).containsExactlyInAnyOrderElementsOf(params);
        var lines = byCustomId(results);
        assertThat(lines).hasSameSizeAs(strings);
        var softly = new SoftAssertions();
        for (int number = 0; number < strings.size(); number++) {
            var text = strings.get(number);
            var line = lines.getOrDefault("s" + number, "{}");
            softly.assertThat(line).contains(EchoUpstream.echoed(json(mapper, text)));
            softly.assertThat(answer(line)).isEqualTo(text);
        }
        softly.assertAll();
        server.assertAliveAndClean();
    }

    @Test
    void asCustomIdsTheyNameARequestOrAreRefused() throws IOException {
        var fit = new ArrayList<String>();
        var softly = new SoftAssertions();
        for (var text : Corpora.naughtyStrings()) {
            if (text.matches(CUSTOM_ID)) {
                fit.add(text);
                continue;
            }
            var created =
                    server.create(
                            "{\"requests\":[{\"custom_id\":%s,\"params\":{}}]}"
                                    .formatted(json(RAW, text)));
            softly.assertThat(created.status()).as(text).isEqualTo(400);
            softly.assertThat(created.errorType()).as(text).isEqualTo("invalid_request_error");
            softly.assertThat(created.message())
                    .as(text)
                    .startsWith("requests.0.custom_id: String should ")
                    .hasLineCount(1);
        }
        softly.assertAll();
        assertThat(server.batches()).isZero();

        var params = fit.stream().map(text -> params(json(RAW, text))).toList();
        var results = server.results(server.create(batch(params, fit::get)).id());

        var lines = byCustomId(results);
        assertThat(lines).containsOnlyKeys(fit);
        assertThat(lines).allSatisfy((id, line) -> assertThat(answer(line)).isEqualTo(id));
        server.assertAliveAndClean();
    }

    private String params(String json) {
        return EchoUpstream.params(json, json);
    }

    private interface Naming {
        String of(int number);
    }

    private static String batch(List<String> params, Naming naming) {
        return IntStream.range(0, params.size())
                .mapToObj(number ->
                        "{\"custom_id\":\"%s\",\"params\":%s}"
                                .formatted(naming.of(number), params.get(number)))
                .collect(Collectors.joining(",", "{\"requests\":[", "]}"));
    }

    /** The string as JSON, a character each byte. */
    private static String json(JsonMapper mapper, String text) {
        return new String(mapper.writeValueAsBytes(text), ISO_8859_1);
    }

    private static Map<String, String> byCustomId(String results) {
        var lines = new HashMap<String, String>();
        for (var line : results.lines().toList()) {
            var id = RAW.readTree(line.getBytes(ISO_8859_1)).path("custom_id").asString();
            assertThat(lines.put(id, line)).as("a second result of " + id).isNull();
        }
        return lines;
    }

    private static String answer(String line) {
        return RAW.readTree(line.getBytes(ISO_8859_1))
                .at("/result/message/content/1/text")
                .asString();
    }
}
