package dev.nightmail.core.coding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BodyDecoderTest {

    private static final byte[] TEXT = text();

    private static byte[] text() {
        var text = new StringBuilder();
        var random = new Random(7);
        for (int i = 0; i < 400; i++) {
            text.append("{\"n\":").append(random.nextInt(1 << (i % 20 + 1))).append("},\n");
        }
        return text.toString().getBytes(UTF_8);
    }

    static byte[] encoded(String coding, byte[] plain) {
        var out = new ByteArrayOutputStream();
        try (var stream =
                switch (coding) {
                    case "gzip" -> new GZIPOutputStream(out);
                    case "deflate" -> new DeflaterOutputStream(out);
                    default -> new DeflaterOutputStream(out, new Deflater(6, true));
                }) {
            stream.write(plain);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    /** Feeds pieces as they might come off a network, and counts what came out for each. */
    private static byte[] decoded(String coding, byte[] encoded, int pieceBytes)
            throws UndecodableException {
        var plain = new ByteArrayOutputStream();
        var some = new byte[97];
        try (var decoder =
                Objects.requireNonNull(
                        BodyDecoder.of(coding.equals("bare") ? "deflate" : coding))) {
            for (int at = 0; at < encoded.length; at += pieceBytes) {
                var piece = ByteBuffer.wrap(encoded, at, Math.min(pieceBytes, encoded.length - at));
                for (int count = decoder.decode(piece, some); count > 0; ) {
                    plain.write(some, 0, count);
                    count = decoder.decode(piece, some);
                }
                assertThat(piece.hasRemaining()).isFalse();
            }
            decoder.finish();
        }
        return plain.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (var part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "bare"})
    void aWholeBodyIsDecodedHoweverItIsCutUpOnItsWay(String coding) throws Exception {
        var encoded = encoded(coding, TEXT);

        for (int pieceBytes : new int[] {1, 2, 7, 1000, encoded.length}) {
            assertThat(decoded(coding, encoded, pieceBytes)).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "bare"})
    void aBodyCutAtAnyByteEndsTooEarly(String coding) {
        var encoded = encoded(coding, TEXT);

        for (int length = 1; length < encoded.length; length++) {
            var cut = Arrays.copyOf(encoded, length);
            assertThatThrownBy(() -> decoded(coding, cut, 512))
                    .as("cut at %d", length)
                    .isInstanceOf(UndecodableException.class)
                    .hasMessage("it ends too early");
        }
    }

    @Test
    void noBodyAtAllIsWhole() throws Exception {
        assertThat(decoded("gzip", new byte[0], 1)).isEmpty();
    }

    @Test
    void membersThatFollowEachOtherAreOneBody() throws Exception {
        var two = joined(encoded("gzip", TEXT), encoded("gzip", "and more".getBytes(UTF_8)));

        assertThat(decoded("gzip", two, 3)).isEqualTo(joined(TEXT, "and more".getBytes(UTF_8)));
    }

    @Test
    void aHeaderWithAllItsFieldsIsPassedOver() throws Exception {
        var plain = encoded("gzip", TEXT);
        var header =
                joined(
                        new byte[] {0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 0},
                        new byte[] {3, 0, 9, 9, 9},
                        "name\0comment\0".getBytes(UTF_8),
                        new byte[] {1, 2});
        var body = joined(header, Arrays.copyOfRange(plain, 10, plain.length));

        assertThat(decoded("gzip", body, 1)).isEqualTo(TEXT);
    }

    @Test
    void zerosAfterTheLastMemberArePadding() throws Exception {
        assertThat(decoded("gzip", joined(encoded("gzip", TEXT), new byte[512]), 100))
                .isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void anythingElseBehindItIsRefused(String coding) {
        var followed = joined(encoded(coding, TEXT), "garbage".getBytes(UTF_8));

        assertThatThrownBy(() -> decoded(coding, followed, 4096))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("something follows its end");
    }

    @Test
    void tenThousandEmptyMembersAreRefusedWithoutDiggingIntoTheStack() {
        var empty = encoded("gzip", new byte[0]);
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            all.writeBytes(empty);
        }

        assertThatThrownBy(() -> decoded("gzip", all.toByteArray(), 8192))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("it has too many empty members");
    }

    @Test
    void aHeaderWithoutEndIsRefused() {
        var header = new byte[100_000];
        Arrays.fill(header, (byte) 'a');
        header[0] = 0x1F;
        header[1] = (byte) 0x8B;
        header[2] = 8;
        header[3] = 8;

        assertThatThrownBy(() -> decoded("gzip", header, 1000))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("its header is too long");
    }

    @Test
    void aWrongChecksumIsNoticed() {
        var encoded = encoded("gzip", TEXT);
        encoded[encoded.length - 8] ^= 1;

        assertThatThrownBy(() -> decoded("gzip", encoded, 1000))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("its checksum is wrong");
    }

    @Test
    void whateverBitIsFlippedTheLoopEnds() {
        var encoded = encoded("gzip", TEXT);

        for (int bit = 0; bit < encoded.length * 8; bit++) {
            var flipped = encoded.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                // A flipped time stamp, say, changes nothing of what comes out.
                assertThat(decoded("gzip", flipped, 256)).isEqualTo(TEXT);
            } catch (UndecodableException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "gzip, gzip", "compress"})
    void aCodingThatIsNotKnownIsRefused(String coding) {
        assertThatThrownBy(() -> BodyDecoder.of(coding)).isInstanceOf(UndecodableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", " Identity "})
    void aBodyThatIsNotEncodedNeedsNoDecoder(String coding) throws Exception {
        assertThat(BodyDecoder.of(coding)).isNull();
    }
}
