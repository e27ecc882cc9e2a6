package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageReadingTest {

    private static MessageReading.Read read(String json) {
        return MessageReading.forBatch(json.getBytes(UTF_8)).orElseThrow();
    }

    private static String line(String json) {
        return new String(read(json).line().array(), UTF_8);
    }

    @Test
    void theServiceTierIsReplacedAndEveryOtherByteStays() {
        assertThat(
                        line(
                                "{\"type\":\"message\", \"x\":[1.50,\"\\u00e9ü😀\"],\"usage\":{\"service_tier\": \"stand\\u0061rd\" ,\"input_tokens\":1,\"output_tokens\":2},\"y\":{}}"))
                .isEqualTo(
                        "{\"type\":\"message\", \"x\":[1.50,\"\\u00e9ü😀\"],\"usage\":{\"service_tier\": \"batch\" ,\"input_tokens\":1,\"output_tokens\":2},\"y\":{}}");
    }

    @Test
    void aMissingServiceTierIsAdded() {
        assertThat(
                        line(
                                "{\"usage\":{\"input_tokens\":1,\"output_tokens\":2 },\"type\":\"message\"}"))
                .isEqualTo(
                        "{\"usage\":{\"input_tokens\":1,\"output_tokens\":2 ,\"service_tier\":\"batch\"},\"type\":\"message\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "\"priority\"", "17", "{\"a\":[1]}", "true"})
    void whateverTheServiceTierWasItIsBatchNow(String tier) {
        assertThat(
                        line(
                                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"service_tier\":"
                                        + tier
                                        + ",\"output_tokens\":2}}"))
                .isEqualTo(
                        "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"service_tier\":\"batch\",\"output_tokens\":2}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"service_tier\":\"standard\"|STANDARD|false",
                "\"service_tier\":\"priority\"|PRIORITY|false",
                "\"service_tier\":\"batch\"|BATCH|false",
                "\"service_tier\":\"of_next_year\"|STANDARD|false",
                "\"service_tier\":null|STANDARD|false",
                "\"x\":1|STANDARD|false",
                "\"inference_geo\":\"us\"|STANDARD|true",
                "\"inference_geo\":\"global\"|STANDARD|false",
                "\"inference_geo\":{\"us\":1},\"service_tier\":\"batch\"|BATCH|false",
            })
    void whatItReallyCostIsReadBeforeItIsMarked(String member, ServiceTier tier, boolean us) {
        var read =
                read(
                        "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2,%s}}"
                                .formatted(member));

        assertThat(read.tier()).isEqualTo(tier);
        assertThat(read.inUsOnly()).isEqualTo(us);
    }

    @Test
    void anAnswerOfManyLinesBecomesOne() {
        assertThat(
                        line(
                                "{\r\n \"type\" : \"message\",\n \"usage\": {\n\"input_tokens\":1,\"output_tokens\":2\n}\n}\n"))
                .doesNotContain("\n", "\r")
                .contains("\"service_tier\":\"batch\"");
    }

    @Test
    void aTierElsewhereIsNotTouched() {
        String json =
                "{\"type\":\"message\",\"service_tier\":\"a\",\"content\":[{\"usage\":{\"service_tier\":\"b\"}}],\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"service_tier\":\"batch\"}}";
        assertThat(line(json)).isEqualTo(json);
    }

    @Test
    void usageIsReadWithItsCacheBreakdown() {
        assertThat(
                        read("""
                        {"type":"message","usage":{"input_tokens":10,"output_tokens":20,
                        "cache_creation_input_tokens":7,"cache_read_input_tokens":5,
                        "cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4}}}
                        """)
                                .usage())
                .isEqualTo(new Usage(10, 20, 3, 4, 5));
    }

    @Test
    void cacheWritesWithoutABreakdownCountAsFiveMinutes() {
        assertThat(
                        read("""
                        {"type":"message","usage":{"input_tokens":10,"output_tokens":20,
                        "cache_creation_input_tokens":7,"cache_read_input_tokens":null,"cache_creation":null}}
                        """)
                                .usage())
                .isEqualTo(new Usage(10, 20, 7, 0, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"content\":[],\"type\":\"message\"}|{\"content\":[],\"type\":\"message\",\"usage\":{\"input_tokens\":0,\"output_tokens\":0,\"service_tier\":\"batch\"}}|0",
                "{\"content\":[],\"usage\":null,\"type\":\"message\"}|{\"content\":[],\"usage\":{\"input_tokens\":0,\"output_tokens\":0,\"service_tier\":\"batch\"},\"type\":\"message\"}|0",
                "{\"content\":[],\"usage\": \"none\" ,\"type\":\"message\"}|{\"content\":[],\"usage\": {\"input_tokens\":0,\"output_tokens\":0,\"service_tier\":\"batch\"} ,\"type\":\"message\"}|0",
                "{\"content\":[],\"usage\":[1,{}],\"type\":\"message\"}|{\"content\":[],\"usage\":{\"input_tokens\":0,\"output_tokens\":0,\"service_tier\":\"batch\"},\"type\":\"message\"}|0",
                "{\"type\":\"message\",\"content\":[],\"usage\":{}}|{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":0,\"output_tokens\":0,\"service_tier\":\"batch\"}}|0",
                "{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":7,\"x\":1}}|{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":7,\"x\":1,\"output_tokens\":0,\"service_tier\":\"batch\"}}|7",
                "{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":\"7\",\"service_tier\":null,\"output_tokens\":-1}}|{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":0,\"service_tier\":\"batch\",\"output_tokens\":0}}|0",
                "{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":{\"a\":[]},\"output_tokens\":[1],\"service_tier\":{}}}|{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":0,\"output_tokens\":0,\"service_tier\":\"batch\"}}|0",
                "{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":99999999999999999999,\"output_tokens\":1e999999999,\"service_tier\":0}}|{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":0,\"output_tokens\":0,\"service_tier\":\"batch\"}}|0",
            })
    void aWholeMessageWithoutUsageIsOneWhoseUsageIsUnreported(
            String json, String line, long input) {
        var read = read(json);

        assertThat(line(json)).isEqualTo(line);
        assertThat(read.tier()).isEqualTo(ServiceTier.UNREPORTED);
        assertThat(read.usage()).isEqualTo(new Usage(input, 0, 0, 0, 0));
    }

    @Test
    void aCountWithAFractionOfZeroIsThatCount() {
        String json =
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":11.0,\"output_tokens\":1.2E1 ,\"cache_read_input_tokens\":3.00,\"service_tier\":\"batch\"}}";

        assertThat(read(json).usage()).isEqualTo(new Usage(11, 12, 0, 0, 3));
        assertThat(read(json).tier()).isEqualTo(ServiceTier.BATCH);
        assertThat(line(json))
                .isEqualTo(
                        "{\"type\":\"message\",\"usage\":{\"input_tokens\":11,\"output_tokens\":12 ,\"cache_read_input_tokens\":3,\"service_tier\":\"batch\"}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"a \\\"b\\\" \\\\\"|[{\"type\":\"text\",\"text\":\"a \\\"b\\\" \\\\\"}]",
                "\"\"|[{\"type\":\"text\",\"text\":\"\"}]",
                "null|[]",
                "[{\"type\":\"text\",\"text\":\"x\"}]|[{\"type\":\"text\",\"text\":\"x\"}]",
            })
    void contentBecomesAListOfBlocks(String content, String list) {
        String json =
                "{\"type\":\"message\",\"content\": %s ,\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"service_tier\":\"batch\"}}";

        assertThat(line(json.formatted(content))).isEqualTo(json.formatted(list));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "{}",
                "{\"type\":\"message\"}",
                "{\"type\":\"message\",\"usage\":null}",
                "{\"type\":\"message\",\"usage\":{}}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1}}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":-1,\"output_tokens\":1}}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":\"1\",\"output_tokens\":1}}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1.5,\"output_tokens\":1}}",
                "{\"type\":\"message\",\"content\":17,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
                "{\"type\":\"message\",\"content\":{},\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
                "{\"type\":\"message\",\"content\":true,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
                "{\"type\":\"message\",\"content\":[],\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
                "{\"content\":[]}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":99999999999999999999,\"output_tokens\":1}}",
                "{\"type\":\"error\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
                "{\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}} {}",
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1},\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
                "\uFEFF{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}"
            })
    void whatIsNoMessageIsNotTakenForOne(String body) {
        assertThat(MessageReading.forBatch(body.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void anotherEncodingIsNotTakenForUtf8() {
        assertThat(
                        MessageReading.forBatch(
                                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}"
                                        .getBytes(UTF_16)))
                .isEmpty();
    }

    @Test
    void brokenUtf8IsNoMessage() {
        byte[] json =
                "{\"type\":\"message\",\"x\":\"?\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}"
                        .getBytes(UTF_8);
        json[new String(json, UTF_8).indexOf('?')] = (byte) 0xc3;

        assertThat(MessageReading.forBatch(json)).isEmpty();
    }
}
