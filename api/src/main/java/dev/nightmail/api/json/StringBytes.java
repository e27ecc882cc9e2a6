package dev.nightmail.api.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What stands inside a JSON string, told by as few looks at its bytes as can be: most of a batch is
 * this. Eight plain bytes are one look; a character of another kind is two, by tables, since a
 * branch for each kind would be guessed wrong every other time.
 */
final class StringBytes {

    /** No character, escaped or not, is longer than {@code \\u1234}. */
    static final int CHARACTER_BYTES_MAX = 6;

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    /** Kinds of characters: a first byte and a second that have one in common go together. */
    private static final byte ESCAPE = 1;

    private static final byte UNICODE_ESCAPE = 2;
    private static final byte TWO_BYTES = 4;
    private static final byte THREE_BYTES = 8;

    /** After 0xE0, where a smaller second byte would be an overlong form. */
    private static final byte THREE_BYTES_LOW = 16;

    /** After 0xED, where a larger second byte would be a surrogate. */
    private static final byte THREE_BYTES_HIGH = 32;

    private static final byte ANY_THREE_BYTES = THREE_BYTES | THREE_BYTES_LOW | THREE_BYTES_HIGH;

    private static final byte[] FIRST = new byte[256];
    private static final byte[] SECOND = new byte[256];

    static {
        FIRST['\\'] = ESCAPE | UNICODE_ESCAPE;
        for (char escape : "\"\\/bfnrt".toCharArray()) {
            SECOND[escape] = ESCAPE;
        }
        SECOND['u'] = UNICODE_ESCAPE;
        mark(FIRST, 0xC2, 0xDF, TWO_BYTES);
        mark(FIRST, 0xE0, 0xE0, THREE_BYTES_LOW);
        mark(FIRST, 0xE1, 0xEF, THREE_BYTES);
        mark(FIRST, 0xED, 0xED, THREE_BYTES_HIGH);
        mark(SECOND, 0x80, 0xBF, (byte) (TWO_BYTES | THREE_BYTES));
        mark(SECOND, 0x80, 0x9F, (byte) (TWO_BYTES | THREE_BYTES | THREE_BYTES_HIGH));
        mark(SECOND, 0xA0, 0xBF, (byte) (TWO_BYTES | THREE_BYTES | THREE_BYTES_LOW));
    }

    private StringBytes() {}

    private static void mark(byte[] table, int first, int last, byte kinds) {
        for (int b = first; b <= last; b++) {
            table[b] = kinds;
        }
    }

    /**
     * Whether one of the eight bytes from {@code at} on is a quote, a backslash, a control
     * character or no ASCII: zero if none is, else to be handed to {@link #first}.
     */
    static long special(byte[] bytes, int at) {
        long word = (long) WORD.get(bytes, at);
        long quote = word ^ (ONES * '"');
        long backslash = word ^ (ONES * '\\');
        // The high bit of each special byte. Borrows can set bits above a true one, never below:
        // the lowest is right.
        return (word | (word - ONES * ' ') | (quote - ONES) | (backslash - ONES)) & HIGH_BITS;
    }

    /** How many bytes stand before the first that is special. */
    static int first(long special) {
        return Long.numberOfTrailingZeros(special) >>> 3;
    }

    /**
     * The length of a character that is an escape or has two or three bytes; 0 if it is of another
     * kind or malformed. Reads at most {@link #CHARACTER_BYTES_MAX} bytes.
     */
    static int length(byte[] bytes, int at) {
        int kind = FIRST[bytes[at] & 0xFF] & SECOND[bytes[at + 1] & 0xFF];
        if ((kind & (ESCAPE | TWO_BYTES)) != 0) {
            return 2;
        }
        if ((kind & ANY_THREE_BYTES) != 0) {
            return isContinuation(bytes[at + 2]) ? 3 : 0;
        }
        if (kind == UNICODE_ESCAPE) {
            return isHex(bytes, at + 2) ? 6 : 0;
        }
        return 0;
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    private static boolean isHex(byte[] bytes, int at) {
        return Character.digit(bytes[at], 16) >= 0
                && Character.digit(bytes[at + 1], 16) >= 0
                && Character.digit(bytes[at + 2], 16) >= 0
                && Character.digit(bytes[at + 3], 16) >= 0;
    }
}
