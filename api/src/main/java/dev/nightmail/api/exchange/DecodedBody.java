package dev.nightmail.api.exchange;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.coding.BodyDecoder;
import dev.nightmail.core.coding.UndecodableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A compressed body, decoded while it is read.
 *
 * <p>No bound on the ratio: deflate itself has one (1,032), the size after decoding is limited and
 * memory does not depend on it, while an honest batch that repeats one long system prompt comes
 * close. What is sent has a bound too, since it can decode to nothing: an honest body is never
 * longer for being compressed, but for a little.
 */
final class DecodedBody extends BodyStream {

    private static final int READ_BYTES = 16 * 1024;

    /** For headers, and what deflate adds to that which cannot be compressed: 5 bytes in 16 KB. */
    private static final long OVERHEAD_BYTES = 64 * 1024;

    private static final int OVERHEAD_SHARE = 1024;

    private final InputStream encoded;
    private final BodyDecoder decoder;
    private final long bytesMax;
    private final byte[] read = new byte[READ_BYTES];
    private final byte[] plain = new byte[READ_BYTES];
    private ByteBuffer unread = ByteBuffer.allocate(0);
    private long encodedBytes;
    private int plainFrom;
    private int plainTo;
    private boolean atItsEnd;

    DecodedBody(InputStream encoded, BodyDecoder decoder, long bytesMax) {
        this.encoded = encoded;
        this.decoder = decoder;
        this.bytesMax = bytesMax;
    }

    /**
     * @return null if the body is not encoded
     */
    static @Nullable BodyDecoder decoder(String contentEncoding) {
        try {
            return BodyDecoder.of(contentEncoding);
        } catch (UndecodableException e) {
            throw ApiError.invalid(
                            "content-encoding: only gzip and deflate are supported, or none at all")
                    .withCode("request_body_encoding_unsupported");
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (plainFrom == plainTo) {
            if (atItsEnd) {
                return -1;
            }
            decode();
        }
        int count = Math.min(length, plainTo - plainFrom);
        System.arraycopy(plain, plainFrom, target, offset, count);
        plainFrom += count;
        return count;
    }

    /** Ends: each turn takes something from the body, or finds its end. */
    private void decode() throws IOException {
        try {
            plainFrom = 0;
            plainTo = decoder.decode(unread, plain);
            if (plainTo > 0) {
                return;
            }
            int count = encoded.read(read, 0, read.length);
            if (count < 0) {
                decoder.finish();
                atItsEnd = true;
                return;
            }
            encodedBytes += count;
            if (encodedBytes > bytesMax + bytesMax / OVERHEAD_SHARE + OVERHEAD_BYTES) {
                throw BoundedBody.tooLarge(bytesMax, "it is more before it is decoded");
            }
            unread = ByteBuffer.wrap(read, 0, count);
        } catch (UndecodableException e) {
            throw ApiError.invalid(
                            "content-encoding: the body cannot be decoded: " + e.getMessage())
                    .withCode("request_body_encoding_invalid");
        }
    }

    /** Not the connection: what is left of the body may still be read and thrown away. */
    @Override
    public void close() {
        decoder.close();
    }
}
