package dev.nightmail.pipeline.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.cost.Usage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The rule by which the server reads usage too, for bills that agree. */
class MessageUsageTest {

    @ParameterizedTest(name = "sum {0}, 5m {1}, 1h {2}")
    @CsvSource({
        "7, 0, 0,   7, 0",
        "0, 3, 4,   3, 4",
        "7, 3, 4,   3, 4",
        "7, 0, 7,   0, 7",
        "9, 3, 4,   5, 4",
        "9, 0, 4,   5, 4",
        "5, 3, 4,   3, 4",
        "0, 0, 0,   0, 0",
    })
    void cacheWritesAreReadByOneRule(
            long sum, long told5m, long told1h, long cacheWrite5m, long cacheWrite1h) {
        var json =
                JsonMapper.shared()
                        .readTree(
                                """
                                {"type":"message","usage":{"input_tokens":1,"output_tokens":2,
                                "cache_creation_input_tokens":%d,"cache_read_input_tokens":5,
                                "cache_creation":{"ephemeral_5m_input_tokens":%d,
                                "ephemeral_1h_input_tokens":%d}}}
                                """
                                        .formatted(sum, told5m, told1h));

        assertThat(Message.of(json).usage())
                .isEqualTo(new Usage(1, 2, cacheWrite5m, cacheWrite1h, 5));
    }
}
