package dev.nightmail.journal.format;

import java.util.Optional;

/**
 * Finds the one bit by which some bytes differ from those their CRC-32C was taken of.
 *
 * <p>The checksum is linear: two equally long texts whose sums differ by S differ by the bits whose
 * own sums add up to S, and no two single bits have the same sum within 2^31 of each other. So at
 * most one bit explains the difference, and if one does, it was that bit or at least three others:
 * the code's distance is 4 at every length we use. Random bytes of a 2 KB line pass for a flipped
 * bit four times in a million; whoever mends checks what comes out by its form, too.
 */
public final class BitMender {

    /** The polynomial of CRC-32C, lowest power in the highest bit. */
    private static final int POLYNOMIAL = 0x82F63B78;

    /** Walking back over more would take longer than a person waits. */
    private static final int BYTES_MAX = 64 * 1024 * 1024;

    private BitMender() {}

    /** The bytes with that bit turned back, if there is one; the array given is left as it is. */
    public static Optional<byte[]> mend(byte[] bytes, int crc) {
        if (bytes.length > BYTES_MAX) {
            return Optional.empty();
        }
        int difference = Crc.of(bytes, 0, bytes.length) ^ crc;
        // What the last bit of all adds to the sum; each bit before it adds one more step.
        int sum = POLYNOMIAL;
        for (int at = bytes.length - 1; at >= 0; at--) {
            for (int bit = 7; bit >= 0; bit--) {
                if (sum == difference) {
                    var mended = bytes.clone();
                    mended[at] ^= (byte) (1 << bit);
                    return Optional.of(mended);
                }
                sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ POLYNOMIAL;
            }
        }
        return Optional.empty();
    }
}
