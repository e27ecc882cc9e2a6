package dev.nightmail.app.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.api.check.BatchRequestCheck;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.upstream.simulator.SimulatorConfig;
import dev.nightmail.upstream.simulator.SimulatorUpstream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two places state what params may hold: the check before a request of a batch is sent, and the
 * simulator, which stands for the service. One corpus, {@code params.jsonl}, holds both to the same
 * rules: it says of each request at which field each of them refuses it, null if it does not. What
 * only one refuses is named as its own affair there.
 */
class WireRulesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    record Example(
            String rule,
            ApiVersion version,
            JsonBytes params,
            Optional<String> refusedByCheck,
            Optional<String> refusedByUpstream) {

        static Example of(JsonNode line) {
            return new Example(
                    line.required("rule").asString(),
                    ApiVersion.parse(line.required("version").asString()).orElseThrow(),
                    JsonBytes.of(JSON.writeValueAsBytes(line.required("params"))),
                    line.required("check").asStringOpt(),
                    line.required("upstream").asStringOpt());
        }

        @Override
        public String toString() {
            return rule + " (" + version.header() + ")";
        }
    }

    static Stream<Example> examples() throws IOException {
        try (var corpus = WireRulesTest.class.getResourceAsStream("params.jsonl")) {
            return new String(corpus.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> Example.of(JSON.readTree(line)));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theCheckRefusesAtTheFieldThatIsWrong(Example example) {
        var problem = new BatchRequestCheck().problem(example.params(), example.version());

        assertThat(problem.map(WireRulesTest::field)).isEqualTo(example.refusedByCheck());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theSimulatedServiceRefusesAtTheSameField(Example example) throws Exception {
        try (var simulator =
                SimulatorUpstream.create(
                        SimulatorConfig.DEFAULT.withStrict(false),
                        InstantSource.fixed(Instant.parse("2026-11-21T00:00:00Z")))) {
            var outcome = simulator.attempt(call(example));

            assertThat(refusal(outcome).map(WireRulesTest::field))
                    .isEqualTo(example.refusedByUpstream());
        }
    }

    private static Call call(Example example) {
        return new Call(
                new Call.Endpoint.Messages(),
                example.params(),
                example.version(),
                List.of(),
                null,
                Duration.ofSeconds(10));
    }

    private static Optional<JsonBytes> refusal(AttemptOutcome outcome) {
        return outcome instanceof Refused(var error, var _, var _)
                ? Optional.of(error)
                : Optional.empty();
    }

    /** The field an error names: all before the first colon. */
    private static String field(JsonBytes error) {
        var body = JSON.readTree(error.array());
        assertThat(body.at("/error/type").asString()).isEqualTo("invalid_request_error");
        var message = body.at("/error/message").asString();
        return message.substring(0, message.indexOf(':'));
    }
}
