package dev.nightmail.wire.json;

import java.util.Arrays;

/** The mark that some programs put before UTF-8, where it says nothing. */
public final class ByteOrderMark {

    private static final byte[] UTF_8 = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private ByteOrderMark() {}

    public static byte[] without(byte[] text) {
        boolean marked =
                text.length >= UTF_8.length
                        && Arrays.equals(text, 0, UTF_8.length, UTF_8, 0, UTF_8.length);
        return marked ? Arrays.copyOfRange(text, UTF_8.length, text.length) : text;
    }
}
