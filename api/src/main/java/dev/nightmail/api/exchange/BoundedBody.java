package dev.nightmail.api.exchange;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import java.io.IOException;
import java.io.InputStream;

/** A body after decoding, refused once it is larger than it may be. */
final class BoundedBody extends BodyStream {

    private final InputStream decoded;
    private final long bytesMax;
    private final boolean wasEncoded;
    private long bytes;

    BoundedBody(InputStream decoded, long bytesMax, boolean wasEncoded) {
        this.decoded = decoded;
        this.bytesMax = bytesMax;
        this.wasEncoded = wasEncoded;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = decoded.read(target, offset, length);
        bytes += Math.max(read, 0);
        if (bytes > bytesMax) {
            throw wasEncoded
                    ? tooLarge(bytesMax, "it is more after decoding")
                            .withCode("request_body_too_large_after_decoding")
                    : tooLarge(bytesMax, "at least " + bytes + " bytes came");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        decoded.close();
    }

    static ApiError tooLarge(long bytesMax, String size) {
        return ApiError.of(
                ErrorType.REQUEST_TOO_LARGE,
                "the request body may have at most %d bytes, and %s".formatted(bytesMax, size));
    }
}
