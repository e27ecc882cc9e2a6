package dev.nightmail.pipeline.state;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The records of a batch, by number, in their order in its body. As a blob: the differences from
 * one to the next, zigzag, seven bits a byte, so that a batch of records that were read one after
 * the other takes a byte each.
 */
final class Members {

    private static final int MORE = 0x80;
    private static final int BITS = 7;

    private Members() {}

    static byte[] blob(long[] numbers) {
        var out = new ByteArrayOutputStream(numbers.length + 8);
        long before = 0;
        for (var number : numbers) {
            long difference = number - before;
            long left = (difference << 1) ^ (difference >> 63);
            while ((left & ~0x7FL) != 0) {
                out.write((int) (left & 0x7F) | MORE);
                left >>>= BITS;
            }
            out.write((int) left);
            before = number;
        }
        return out.toByteArray();
    }

    static long[] of(byte[] blob) {
        int count = 0;
        for (var part : blob) {
            count += (part & MORE) == 0 ? 1 : 0;
        }
        var numbers = new long[count];
        long before = 0;
        int at = 0;
        for (int index = 0; index < count; index++) {
            long value = 0;
            int shift = 0;
            int next;
            do {
                next = blob[at++];
                value |= (long) (next & 0x7F) << shift;
                shift += BITS;
            } while ((next & MORE) != 0);
            before += (value >>> 1) ^ -(value & 1);
            numbers[index] = before;
        }
        return numbers;
    }

    /** Whether they are all numbers of a range, so that a range finds them. */
    static boolean isRange(long[] numbers) {
        if (numbers.length == 0) {
            return false;
        }
        var sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - 1] - sorted[0] == sorted.length - 1L;
    }
}
