package dev.nightmail.pipeline.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Breaks off an answer that has fallen silent. The JDK's client times an answer until its headers;
 * after them a peer that neither sends nor closes would hold its reader for ever. Only the time
 * spent waiting for bytes counts, not what the reader does between two reads.
 */
final class GuardedStream extends FilterInputStream {

    private static final long NOT_READING = Long.MIN_VALUE;

    private final Duration silenceTimeout;
    private final Thread watch;
    private volatile long readingSinceNanos = NOT_READING;
    private volatile boolean closed;
    private volatile boolean silent;

    GuardedStream(InputStream in, Duration silenceTimeout) {
        super(in);
        this.silenceTimeout = silenceTimeout;
        this.watch = Thread.ofVirtual().name("answer-silence-watch").start(this::watch);
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        readingSinceNanos = System.nanoTime();
        try {
            var read = in.read(buffer, offset, length);
            if (silent) {
                throw silence(null);
            }
            return read;
        } catch (IOException e) {
            throw silent ? silence(e) : e;
        } finally {
            readingSinceNanos = NOT_READING;
        }
    }

    private IOException silence(@Nullable IOException cause) {
        return new IOException("no byte of the answer came for " + silenceTimeout, cause);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        LockSupport.unpark(watch);
        super.close();
    }

    private void watch() {
        while (!closed) {
            var since = readingSinceNanos;
            var left =
                    since == NOT_READING
                            ? silenceTimeout.toNanos()
                            : since + silenceTimeout.toNanos() - System.nanoTime();
            if (left <= 0) {
                silent = true;
                closeQuietly();
                return;
            }
            LockSupport.parkNanos(left);
        }
    }

    private void closeQuietly() {
        try {
            in.close();
        } catch (IOException _) {
            // The reader learns of the silence; how the close went changes nothing for it.
        }
    }
}
