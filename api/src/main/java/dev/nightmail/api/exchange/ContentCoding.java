package dev.nightmail.api.exchange;

import dev.nightmail.api.wire.ApiError;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** How a body is encoded on its way. */
enum ContentCoding {
    IDENTITY,
    GZIP;

    private static final int INFLATE_BYTES = 64 * 1024;

    static ContentCoding parse(String header) {
        return switch (header.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            default ->
                    throw ApiError.invalid(
                                    "content-encoding: only gzip is supported, or none at all")
                            .withCode("request_body_encoding_unsupported");
        };
    }

    /**
     * No bound on the ratio: deflate itself has one (1032), the size after decoding is limited and
     * memory does not depend on it, while an honest batch that repeats one long system prompt comes
     * close.
     */
    InputStream decode(InputStream encoded) throws IOException {
        return switch (this) {
            case IDENTITY -> encoded;
            case GZIP -> new Inflated(encoded);
        };
    }

    /** Inflates, and tells a body that is no gzip from a network that failed. */
    private static final class Inflated extends BodyStream {

        private final InputStream encoded;
        private @Nullable InputStream plain;

        Inflated(InputStream encoded) {
            this.encoded = encoded;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                var from = plain;
                if (from == null) {
                    from = new GZIPInputStream(encoded, INFLATE_BYTES);
                    plain = from;
                }
                return from.read(target, offset, length);
            } catch (ZipException | EOFException e) {
                throw ApiError.invalid("content-encoding: the body is not valid gzip")
                        .withCode("request_body_encoding_invalid");
            }
        }
    }
}
