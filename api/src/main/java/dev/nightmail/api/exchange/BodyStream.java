package dev.nightmail.api.exchange;

import java.io.IOException;
import java.io.InputStream;

/** A body that is read in blocks; a single byte is a block of one. */
abstract class BodyStream extends InputStream {

    @Override
    public final int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public abstract int read(byte[] target, int offset, int length) throws IOException;
}
