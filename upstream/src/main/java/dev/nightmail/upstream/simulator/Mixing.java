package dev.nightmail.upstream.simulator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Hashes that spread well and cost little; nothing secret depends on them. */
final class Mixing {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ODD = 0x9e37_79b9_7f4a_7c15L;

    private Mixing() {}

    static long hash(long seed, byte[] bytes) {
        long hash = seed + bytes.length * ODD;
        int i = 0;
        for (; i + 8 <= bytes.length; i += 8) {
            hash = Long.rotateLeft((hash ^ (long) LONGS.get(bytes, i)) * ODD, 29);
        }
        for (; i < bytes.length; i++) {
            hash = Long.rotateLeft((hash ^ bytes[i]) * ODD, 29);
        }
        return mix(hash);
    }

    static long hash(long seed, String text) {
        long hash = seed + text.length() * ODD;
        for (int i = 0; i < text.length(); i++) {
            hash = Long.rotateLeft((hash ^ text.charAt(i)) * ODD, 29);
        }
        return mix(hash);
    }

    /** The finish of splitmix64. */
    static long mix(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ (mixed >>> 31);
    }
}
