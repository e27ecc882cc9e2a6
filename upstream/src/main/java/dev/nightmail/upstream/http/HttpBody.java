package dev.nightmail.upstream.http;

import java.io.IOException;
import java.io.InputStream;

/** What a request sends. */
public sealed interface HttpBody {

    long length();

    /**
     * @param array shared, nobody writes to it
     */
    @SuppressWarnings("ArrayRecordComponent") // shared, never compared
    record Bytes(byte[] array) implements HttpBody {
        @Override
        public long length() {
            return array.length;
        }
    }

    /**
     * A body that is read as it is sent, and held nowhere.
     *
     * @param length what {@code source} gives, to the byte
     * @param source opened anew each time the body is sent; if reading it fails, the exchange is
     *     {@link HttpOutcome.Broken}
     */
    record Streamed(long length, Source source) implements HttpBody {}

    /** Where a streamed body comes from: the same bytes each time. */
    interface Source {
        InputStream open() throws IOException;
    }
}
