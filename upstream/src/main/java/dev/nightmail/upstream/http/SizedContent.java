package dev.nightmail.upstream.http;

import java.io.InputStream;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.io.ByteBufferPool;

/** A streamed body of which it is known how long it is, so that it need not be sent in chunks. */
final class SizedContent extends InputStreamRequestContent {

    private static final int BUFFER_BYTES = 64 << 10;

    private final long length;

    SizedContent(String contentType, InputStream stream, long length) {
        super(contentType, stream, new ByteBufferPool.Sized(null, false, BUFFER_BYTES));
        this.length = length;
    }

    @Override
    public long getLength() {
        return length;
    }
}
