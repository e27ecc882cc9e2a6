package dev.nightmail.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LineBreaksTest {

    @Test
    void everyByteIsKeptButLineFeedsAndCarriageReturns() {
        for (int value = 0; value < 256; value++) {
            for (int place = 0; place < 20; place++) {
                var bytes = new byte[20];
                Arrays.fill(bytes, (byte) 'x');
                bytes[place] = (byte) value;
                var expected = bytes.clone();
                if (value == '\n' || value == '\r') {
                    expected[place] = ' ';
                }

                LineBreaks.toSpaces(bytes, 0, bytes.length);

                assertThat(bytes).isEqualTo(expected);
            }
        }
    }

    @Test
    void whatLiesOutsideOfTheRangeIsLeftAlone() {
        for (int from = 0; from <= 24; from++) {
            for (int to = from; to <= 24; to++) {
                var bytes = new byte[24];
                Arrays.fill(bytes, (byte) '\n');
                var expected = bytes.clone();
                Arrays.fill(expected, from, to, (byte) ' ');

                LineBreaks.toSpaces(bytes, from, to);

                assertThat(bytes).isEqualTo(expected);
            }
        }
    }

    @Test
    void flattenedJsonIsTheSameArrayOnOneLine() {
        var json = "{\r\n  \"text\": \"é\\n\"\n}".getBytes(UTF_8);

        var flat = JsonBytes.flatten(json);

        assertThat(flat.array()).isSameAs(json);
        assertThat(flat).isEqualTo(JsonBytes.of("{    \"text\": \"é\\n\" }"));
    }
}
