package dev.nightmail.pipeline.client;

import dev.nightmail.pipeline.streams.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The result lines of one batch, in the order the endpoint keeps them. A connection that breaks is
 * taken up where it broke: with {@code Range} where the endpoint supports it, else by reading again
 * from the start and skipping what was already given, after checking by its SHA-256 that it is
 * still the same. Each line is given once. One thread; memory for one line.
 */
public final class ResultStream implements AutoCloseable {

    /**
     * A line longer than this is no result: official clients stop at 32 MiB (wire contract, section
     * 1.6).
     */
    private static final int LINE_BYTES_MAX = 64 * 1024 * 1024;

    /** Opens the results at an offset. */
    interface Opener {
        Opened open(long offset, @Nullable String entityTag) throws InterruptedException;
    }

    /**
     * @param offset where {@code body} starts: the one asked for, or 0 if the endpoint cannot start
     *     in the middle
     */
    record Opened(InputStream body, long offset, @Nullable String entityTag) {}

    private final Opener opener;
    private final int resumptionsMax;
    private final byte[] buffer = new byte[64 * 1024];
    private int bufferStart;
    private int bufferEnd;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final MessageDigest received = Sha256.begun();
    private long receivedBytes;
    private int resumptions;
    private @Nullable String entityTag;
    private InputStream body;

    ResultStream(Opener opener, int resumptionsMax) throws InterruptedException {
        this.opener = opener;
        this.resumptionsMax = resumptionsMax;
        var opened = opener.open(0, null);
        this.body = opened.body();
        this.entityTag = opened.entityTag();
    }

    /**
     * The next line without its line feed, or null after the last.
     *
     * @throws UnreachableException if the connection broke more often than is worth taking up
     * @throws BrokenAnswerException if the results changed while they were read
     */
    public byte @Nullable [] nextLine() throws InterruptedException {
        line.reset();
        while (true) {
            for (int index = bufferStart; index < bufferEnd; index++) {
                if (buffer[index] == '\n') {
                    line.write(buffer, bufferStart, index - bufferStart);
                    bufferStart = index + 1;
                    return line.toByteArray();
                }
            }
            line.write(buffer, bufferStart, bufferEnd - bufferStart);
            bufferStart = bufferEnd;
            if (line.size() > LINE_BYTES_MAX) {
                throw new BrokenAnswerException(
                        "a result line is longer than " + LINE_BYTES_MAX + " bytes", null);
            }
            if (!fill()) {
                return line.size() == 0 ? null : line.toByteArray();
            }
        }
    }

    /** Bytes received so far, none counted twice. */
    public long receivedBytes() {
        return receivedBytes;
    }

    private boolean fill() throws InterruptedException {
        while (true) {
            try {
                var read = body.read(buffer);
                if (read < 0) {
                    return false;
                }
                bufferStart = 0;
                bufferEnd = read;
                received.update(buffer, 0, read);
                receivedBytes += read;
                // Progress earns new patience: a long download may break often, as long as it gets
                // on.
                resumptions = 0;
                return true;
            } catch (IOException e) {
                resume(e);
            }
        }
    }

    private void resume(IOException broken) throws InterruptedException {
        closeBody();
        while (true) {
            if (resumptions++ >= resumptionsMax) {
                throw new UnreachableException(
                        "the results broke off after "
                                + receivedBytes
                                + " bytes: "
                                + broken.getMessage(),
                        broken);
            }
            var opened = opener.open(receivedBytes, entityTag);
            body = opened.body();
            entityTag = opened.entityTag();
            try {
                if (opened.offset() == 0) {
                    skipReceived();
                }
                return;
            } catch (IOException e) {
                closeBody();
                broken = e;
            }
        }
    }

    private void skipReceived() throws IOException {
        var digest = Sha256.begun();
        var scratch = new byte[64 * 1024];
        for (var left = receivedBytes; left > 0; ) {
            var read = body.read(scratch, 0, (int) Math.min(scratch.length, left));
            if (read < 0) {
                throw changed();
            }
            digest.update(scratch, 0, read);
            left -= read;
        }
        if (!Arrays.equals(digest.digest(), digestSoFar())) {
            throw changed();
        }
    }

    private byte[] digestSoFar() {
        try {
            return ((MessageDigest) received.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
        }
    }

    private static BrokenAnswerException changed() {
        return new BrokenAnswerException(
                "the results changed between two downloads: read them again from the start", null);
    }

    @Override
    public void close() {
        closeBody();
    }

    private void closeBody() {
        try {
            body.close();
        } catch (IOException _) {
            // Nothing more is wanted of this connection.
        }
    }
}
