package dev.nightmail.core.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Puts JSON on one line. */
public final class LineBreaks {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long SPACES = 0x2020202020202020L;

    private LineBreaks() {}

    /**
     * Line breaks become spaces, in place. In valid JSON they can only stand between tokens: inside
     * of strings they are always escaped.
     *
     * @param to exclusive
     */
    public static void toSpaces(byte[] json, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long eight = (long) EIGHT_BYTES.get(json, i);
            // Most JSON comes without any control character, so look at eight bytes at a time: the
            // expression is zero unless one of them is below a space.
            if (((eight - SPACES) & ~eight & HIGH_BITS) != 0) {
                eachToSpace(json, i, i + Long.BYTES);
            }
        }
        eachToSpace(json, i, to);
    }

    private static void eachToSpace(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
    }
}
