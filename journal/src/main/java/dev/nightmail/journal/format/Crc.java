package dev.nightmail.journal.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C of some bytes: finds every single flipped bit, and costs next to nothing. */
public final class Crc {

    private Crc() {}

    public static int of(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    public static int of(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
