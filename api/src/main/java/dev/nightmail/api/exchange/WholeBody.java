package dev.nightmail.api.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads a body into one array, for which memory is taken as it comes. */
final class WholeBody {

    private static final int FIRST_BYTES = 16 * 1024;

    /** A length that is announced is believed beyond this only once so much has come. */
    private static final int ANNOUNCED_BYTES_MAX = 1024 * 1024;

    private WholeBody() {}

    /**
     * @param body that ends, or throws, within {@code bytesMax} bytes
     * @param announced its length, if it is known; negative if not
     */
    static byte[] read(InputStream body, long announced, int bytesMax, BodyMemory memory)
            throws IOException {
        int first = (int) Math.min(FIRST_BYTES, announced > 0 ? announced : FIRST_BYTES);
        memory.take(first);
        var bytes = new byte[first];
        int length = 0;
        while (true) {
            int count = body.read(bytes, length, bytes.length - length);
            if (count < 0) {
                return resized(bytes, length, memory);
            }
            length += count;
            if (length == bytes.length) {
                int next = body.read();
                if (next < 0) {
                    return bytes;
                }
                bytes = resized(bytes, larger(length, announced, bytesMax), memory);
                bytes[length++] = (byte) next;
            }
        }
    }

    private static int larger(int length, long announced, int bytesMax) {
        if (announced > length && announced <= bytesMax) {
            boolean believed = announced <= ANNOUNCED_BYTES_MAX || length >= ANNOUNCED_BYTES_MAX;
            return (int) (believed ? announced : Math.min(2L * length, ANNOUNCED_BYTES_MAX));
        }
        // One more than may come, so that there is always room for a byte that is too many.
        return (int) Math.min(2L * length, bytesMax + 1L);
    }

    /** Both arrays are there while one is copied into the other. */
    private static byte[] resized(byte[] bytes, int length, BodyMemory memory) {
        if (length == bytes.length) {
            return bytes;
        }
        memory.take(length);
        var other = Arrays.copyOf(bytes, length);
        memory.give(bytes.length);
        return other;
    }
}
