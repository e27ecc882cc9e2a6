package dev.nightmail.journal.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.journal.format.BitMender;
import dev.nightmail.journal.format.Crc;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The last field of a record such as {@code batch.json}: the CRC-32C of the whole file, with eight
 * zeros where the sum itself stands. Its place and its form stay as they are in every later format,
 * so that a damaged record is never taken for one of a newer program.
 */
public final class RecordChecksum {

    public static final String FIELD = "crc32c";
    public static final String BLANK = "00000000";

    private static final String BEFORE = "\"" + FIELD + "\" : \"";

    private RecordChecksum() {}

    /** Writes the checksum over its zeros. */
    public static byte[] seal(byte[] record) {
        var sealed = record.clone();
        int at = place(record).orElseThrow();
        put(sealed, at, text(Crc.of(record, 0, record.length)));
        return sealed;
    }

    public static boolean isSealed(byte[] record) {
        return place(record)
                .map(at -> written(record, at).equals(text(crcAround(record, at))))
                .orElse(false);
    }

    /** The record as it was, if only a single bit of it has changed. */
    public static Optional<byte[]> mend(byte[] record) {
        // A flip in the sum or in its name is found by trying, one in what it covers by arithmetic.
        return place(record)
                .flatMap(at -> parse(written(record, at)))
                .flatMap(crc -> BitMender.mend(blanked(record), crc))
                .map(RecordChecksum::seal)
                .filter(mended -> bitsApart(mended, record) == 1)
                .or(() -> resealed(record));
    }

    private static Optional<byte[]> resealed(byte[] record) {
        return place(record)
                .map(_ -> seal(blanked(record)))
                .filter(mended -> bitsApart(mended, record) == 1);
    }

    private static byte[] blanked(byte[] record) {
        var blanked = record.clone();
        put(blanked, place(record).orElseThrow(), BLANK);
        return blanked;
    }

    private static int bitsApart(byte[] one, byte[] other) {
        int bits = 0;
        for (int i = 0; i < one.length; i++) {
            bits += Integer.bitCount((one[i] ^ other[i]) & 0xFF);
        }
        return bits;
    }

    /** Where the sum begins, if the file has the place for one. */
    private static Optional<Integer> place(byte[] record) {
        int name = new String(record, ISO_8859_1).lastIndexOf(BEFORE);
        int at = name + BEFORE.length();
        return name < 0 || at + BLANK.length() > record.length ? Optional.empty() : Optional.of(at);
    }

    private static int crcAround(byte[] record, int at) {
        var blanked = record.clone();
        put(blanked, at, BLANK);
        return Crc.of(blanked, 0, blanked.length);
    }

    private static String written(byte[] record, int at) {
        return new String(record, at, BLANK.length(), ISO_8859_1);
    }

    private static Optional<Integer> parse(String text) {
        try {
            return Optional.of(HexFormat.fromHexDigits(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(int crc) {
        return HexFormat.of().toHexDigits(crc);
    }

    private static void put(byte[] record, int at, String text) {
        System.arraycopy(text.getBytes(US_ASCII), 0, record, at, text.length());
    }
}
