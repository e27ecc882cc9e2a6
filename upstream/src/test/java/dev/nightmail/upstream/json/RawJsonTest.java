package dev.nightmail.upstream.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class RawJsonTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static RawJson parse(String json) {
        return RawJson.parse(json.getBytes(UTF_8)).orElseThrow();
    }

    private static String written(RawJson value) {
        var span = value.span();
        return new String(span.bytes(), span.from(), span.length(), UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "1.50",
                "1E+5",
                "1e-400",
                "123456789012345678901234567890",
                "true",
                "false",
                "null",
                "\"\"",
                "\"a\\\"b\\\\\"",
                "\"\\ud83c\\udfb2 \\/ 🎲\"",
                "\"\\ud83c\"",
                "[]",
                "[ ]",
                "{ }",
                "[1 , \"]\", {\"}\":\"}\"}]",
                "{\"a\":{\"b\":[[[]],-1.0]} ,\"c\":\"\\\\\"}",
            })
    void everyValueKeepsTheBytesItWasWrittenWith(String json) {
        assertThat(written(parse(json))).isEqualTo(json);
        assertThat(written(parse(" \t" + json + " "))).isEqualTo(json);
        var inList = (RawJson.Items) parse("[0, " + json + " , " + json + "]");
        assertThat(inList.items()).map(RawJsonTest::written).containsExactly("0", json, json);
        var inObject = (RawJson.Members) parse("{\"x\" : " + json + ",\"y\":" + json + "}");
        assertThat(inObject.members().values())
                .map(RawJsonTest::written)
                .containsExactly(json, json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "\"",
                "\"\\",
                "\"a\\\"",
                "{\"a\"}",
                "{\"a\":}",
                "[1,]",
                "1 2",
                "tru",
                "nul",
                "01",
                "1.",
                "-",
                "'a'",
                "{a:1}",
                "[1}",
                "\u0000",
                "\"a\u0001\"",
                "\uFEFF1"
            })
    void whatIsNotJsonIsNotRead(String json) {
        assertThat(RawJson.parse(json.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void nestingHasABound() {
        assertThat(RawJson.parse("[".repeat(100_000).getBytes(UTF_8))).isEmpty();
    }

    @Test
    void ofMembersWithOneNameTheLastCounts() {
        var object = (RawJson.Members) parse("{\"a\":1,\"b\":2,\"a\":3}");

        assertThat(object.count("a")).hasValue(3);
        assertThat(object.members()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "0", "999999999999999999"})
    void countsAreWholeNumbers(String number) {
        var object = (RawJson.Members) parse("{\"n\":" + number + "}");

        assertThat(object.count("n")).hasValue(Long.parseLong(number));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "1e-3", "\"7\"", "null", "99999999999999999999", "[7]"})
    void whatIsNoWholeNumberIsNoCount(String value) {
        assertThat(((RawJson.Members) parse("{\"n\":" + value + "}")).count("n")).isEmpty();
    }

    static List<String> texts() {
        return IntStream.range(0, 200).mapToObj(RawJsonTest::text).toList();
    }

    /** Any characters at all, whole or half. */
    private static String text(int seed) {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) random.nextInt(0x20));
                case 1 -> text.append("\"\\/".charAt(random.nextInt(3)));
                case 2 -> text.appendCodePoint(0x1F300 + random.nextInt(0x100));
                default -> text.append((char) (0x20 + random.nextInt(0x300)));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aStringIsReadAsItWasMeant(String text) {
        assertThat(((RawJson.Text) parse(JSON.writeValueAsString(text))).value()).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aStringIsWrittenSoThatItIsReadAgain(String text) {
        var out = new JsonWriter(16).beginArray().value(text);
        // As a piece of another string, and as JSON inside of one.
        var raw = (RawJson.Text) parse(JSON.writeValueAsString(text));
        out.beginText().text("<").text(raw).text(text).text(">").endText();
        out.beginText().quoted(raw).endText();
        out.endArray();

        var read = JSON.readTree(out.toByteArray());

        assertThat(read.get(0).asString()).isEqualTo(text);
        assertThat(read.get(1).asString()).isEqualTo("<" + text + text + ">");
        assertThat(JSON.readTree(read.get(2).asString()).asString()).isEqualTo(text);
        assertThat(new String(out.toByteArray(), UTF_8)).doesNotContain("\n", "\r");
    }

    @Test
    void commasStandWhereTheyBelong() {
        var parts = new ArrayList<RawJson>();
        parts.add(parse("1.50"));
        var out = new JsonWriter(16);
        out.beginObject();
        out.name("a").beginArray().endArray();
        out.name("b").beginArray();
        out.beginObject().endObject().value(1).value(true).nothing().value("x");
        parts.forEach(out::value);
        out.endArray();
        out.name("c").beginObject();
        out.name("d").nothing().endObject();
        out.name("e").value(-7);
        out.endObject();

        assertThat(new String(out.toByteArray(), UTF_8))
                .isEqualTo(
                        "{\"a\":[],\"b\":[{},1,true,null,\"x\",1.50],\"c\":{\"d\":null},\"e\":-7}");
    }

    @Test
    void theyNeverPrintWhatTheyHold() {
        assertThat(parse("{\"secret\":[\"prompt\",1]}").toString())
                .doesNotContain("secret", "prompt");
    }
}
