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
                "{\"type\":\"message\",\"usage\":{\"input_tokens\":1e3,\"output_tokens\":1}}",
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
