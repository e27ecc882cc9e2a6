package dev.nightmail.api.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonScannerTest {

    private static final JsonFactory JACKSON = JsonFactory.builder().build();

    /** Of strings. */
    private static final String[] PARTS = {
        "a", "words and words and words", "ä", "€", "😀", "\\n", "\\u00e4", "\\\""
    };

    @Test
    void acceptsAndRefusesWhatTheTestSuiteSays() throws Exception {
        var softly = new SoftAssertions();
        for (var file : JsonTestSuite.files()) {
            var name = file.getFileName().toString();
            boolean accepted = accepts(Files.readAllBytes(file));
            if (name.startsWith("y_")) {
                softly.assertThat(accepted).as(name).isTrue();
            } else if (name.startsWith("n_")) {
                softly.assertThat(accepted).as(name).isFalse();
            }
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agreesWithJacksonAboutWhatever(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            var bytes = mutated(random);
            assertThat(accepts(bytes))
                    .as(() -> "seed " + seed + ": " + new String(bytes, UTF_8))
                    .isEqualTo(isUtf8(bytes) && jacksonAccepts(bytes));
        }
    }

    @Test
    void aStreamThatComesInDropsIsScannedLikeAnArray() {
        var random = new SplittableRandom(7);
        for (int i = 0; i < 5_000; i++) {
            var bytes = mutated(random);
            assertThat(accepts(JsonScanner.of(drops(bytes, random), 1_000)))
                    .isEqualTo(accepts(bytes));
        }
    }

    /** Far from the end of what there is to read, characters are told apart by tables. */
    @ParameterizedTest
    @ValueSource(strings = {"", "80", "80 80", "30 30 65 41", "30 67 30 30"})
    void everyPairOfBytesIsTheSameNearTheEndAndFarFromIt(String following) {
        var tail = HexFormat.ofDelimiter(" ").parseHex(following);
        for (int pair = 0; pair < 1 << 16; pair++) {
            var text = new ByteArrayOutputStream();
            text.writeBytes("[\"".getBytes(UTF_8));
            text.write(pair >>> 8);
            text.write(pair);
            text.writeBytes(tail);
            text.writeBytes("\"]".getBytes(UTF_8));
            var near = text.toByteArray();
            text.writeBytes(" ".repeat(20).getBytes(UTF_8));
            var far = text.toByteArray();

            assertThat(outcome(far))
                    .as(() -> HexFormat.of().formatHex(near))
                    .isEqualTo(outcome(near));
        }
    }

    @Test
    void longStringsAgreeWithJacksonWhateverIsWrongInThem() {
        var random = new SplittableRandom(11);
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder("[\"");
            for (int parts = 1 + random.nextInt(60); parts > 0; parts--) {
                text.append(PARTS[random.nextInt(PARTS.length)]);
            }
            var bytes = text.append("\"]").append(" ".repeat(20)).toString().getBytes(UTF_8);
            if (random.nextBoolean()) {
                bytes[random.nextInt(2, bytes.length - 22)] = (byte) random.nextInt();
            }

            assertThat(accepts(bytes))
                    .as(() -> new String(bytes, UTF_8))
                    .isEqualTo(isUtf8(bytes) && jacksonAccepts(bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C0 80", // overlong
                "E0 80 80", // overlong
                "F0 80 80 80", // overlong
                "ED A0 80", // a surrogate
                "F4 90 80 80", // beyond Unicode
                "FF",
                "80",
                "C3", // cut short by the quote
            })
    void malformedUtf8InAStringIsRefused(String hex) {
        var wrong = HexFormat.ofDelimiter(" ").parseHex(hex);
        var bytes = ByteBuffer.allocate(wrong.length + 14);
        bytes.put("[\"plain text".getBytes(UTF_8)).put(wrong).put("\"]".getBytes(UTF_8));

        assertThatThrownBy(() -> scan(JsonScanner.of(bytes.array(), 0, bytes.capacity())))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageStartingWith("not UTF-8 at line 1, column 1");
    }

    @Test
    void anErrorSaysWhereButNotWhat() {
        var json = "{\"a\": 1,\n \"b\": secret}".getBytes(UTF_8);

        assertThatThrownBy(() -> scan(JsonScanner.of(json, 0, json.length)))
                .hasMessage("expected a value at line 2, column 7 (byte 15)");
    }

    @Test
    void nestingIsBounded() {
        var deepest = "[".repeat(500) + "]".repeat(500);
        var tooDeep = "[".repeat(501) + "]".repeat(501);

        assertThat(accepts(deepest.getBytes(UTF_8))).isTrue();
        assertThat(accepts(tooDeep.getBytes(UTF_8))).isFalse();
    }

    @Test
    void aSliceIsTheValuesOwnBytesEvenWhenTheWindowMoved() {
        var value = "{\"x\" : [1, \"" + "ä€😀".repeat(100_000) + "\"]}";
        var text = "{\"a\":\"" + "a".repeat(300_000) + "\",\"v\":  " + value + " , \"z\":0}";
        var json = JsonScanner.of(new ByteArrayInputStream(text.getBytes(UTF_8)), 2_000_000);
        json.beginObject();
        json.nextName();
        json.skip();
        json.nextName();

        json.beginSlice();
        json.skip();
        json.endSlice();
        assertThat(json.nextName()).isEqualTo("z");

        assertThat(new String(json.sliceArray(), json.sliceOffset(), json.sliceLength(), UTF_8))
                .isEqualTo(value);
    }

    @Test
    void aSliceLargerThanCanBeKeptIsLostButTheScanGoesOn() {
        var text = "[\"" + "a".repeat(2_000_000) + "\", 5]";
        var json = JsonScanner.of(new ByteArrayInputStream(text.getBytes(UTF_8)), 1_000_000);
        json.beginArray();
        json.nextElement();

        json.beginSlice();
        json.skip();
        json.endSlice();

        assertThat(json.hasSlice()).isFalse();
        assertThat(json.nextElement()).isTrue();
        assertThat(json.number()).isEqualTo(5);
    }

    @Test
    void escapesAreResolved() {
        var text = "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00 ä\"]";
        var json = JsonScanner.of(text.getBytes(UTF_8), 0, text.getBytes(UTF_8).length);
        json.beginArray();
        json.nextElement();

        assertThat(json.string(100)).isEqualTo("\"\\/\b\f\n\r\tA😀 ä");
    }

    /** What is wrong and where, but of what ends too early, which is always at its end. */
    private static String outcome(byte[] bytes) {
        try {
            scan(JsonScanner.of(bytes, 0, bytes.length));
            return "accepted";
        } catch (MalformedJsonException e) {
            var message = String.valueOf(e.getMessage());
            return message.startsWith("the JSON ends too early") ? "cut short" : message;
        }
    }

    private static boolean accepts(byte[] bytes) {
        return accepts(JsonScanner.of(bytes, 0, bytes.length));
    }

    private static boolean accepts(JsonScanner json) {
        try {
            scan(json);
            return true;
        } catch (MalformedJsonException e) {
            return false;
        }
    }

    private static void scan(JsonScanner json) {
        json.skip();
        json.end();
    }

    private static boolean jacksonAccepts(byte[] bytes) {
        // Jackson would take these for UTF-16 or skip a byte order mark, which JSON must not have.
        for (byte b : bytes) {
            if (b == 0) {
                return false;
            }
        }
        if (bytes.length > 0 && (bytes[0] & 0xFF) == 0xEF) {
            return false;
        }
        try (var parser = JACKSON.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** A JSON text, with some of its bytes changed, left out or doubled. */
    private static byte[] mutated(SplittableRandom random) {
        var json = new StringBuilder();
        value(json, random, 0);
        var bytes = json.toString().getBytes(UTF_8);
        var interesting = "{}[]\":,\\/0123456789-+.eEtfnu \t\n\u0001\u007fä€😀".getBytes(UTF_8);
        for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            bytes[random.nextInt(bytes.length)] = interesting[random.nextInt(interesting.length)];
        }
        return bytes;
    }

    private static void value(StringBuilder json, SplittableRandom random, int depth) {
        switch (random.nextInt(depth > 3 ? 5 : 7)) {
            case 0 -> json.append("null");
            case 1 -> json.append(random.nextBoolean());
            case 2 -> json.append(random.nextInt(-1000, 1000));
            case 3 -> json.append(random.nextDouble() * 1e20);
            case 4 -> string(json, random);
            case 5 -> {
                json.append("[ ");
                for (int i = random.nextInt(4); i > 0; i--) {
                    value(json, random, depth + 1);
                    json.append(i > 1 ? " ,\n" : "");
                }
                json.append(']');
            }
            default -> {
                json.append('{');
                for (int i = random.nextInt(4); i > 0; i--) {
                    string(json, random);
                    json.append(" :\t");
                    value(json, random, depth + 1);
                    json.append(i > 1 ? "," : "");
                }
                json.append('}');
            }
        }
    }

    private static void string(StringBuilder json, SplittableRandom random) {
        json.append('"');
        for (int i = random.nextInt(4); i > 0; i--) {
            json.append(PARTS[random.nextInt(PARTS.length)]);
        }
        json.append('"');
    }

    private static InputStream drops(byte[] bytes, SplittableRandom random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, random.nextInt(1, 5)));
            }
        };
    }
}
