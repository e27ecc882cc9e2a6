package dev.nightmail.api.batches;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.journal.ResultFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import org.eclipse.jetty.http.HttpHeader;

/**
 * A part of a result file as the body of an answer. Its length is sent first, so a body that breaks
 * off can be told from one that is complete.
 *
 * <p>Bytes go from the page cache to the socket through mapped windows, never through the heap. The
 * answer is not compressed, though every SDK would take it: on the usual paths (loopback, a data
 * center) deflating is slower than the network, and a part of it could not be resumed.
 *
 * @param first offset of its first byte
 */
record FileSection(ResultFile file, long first, long bytes) {

    private static final int WINDOW_BYTES = 8 * 1024 * 1024;
    private static final int COPY_BYTES = 256 * 1024;

    /** Sends it; headers of the caller's own have been set before. */
    void send(Exchange exchange, int status) throws IOException {
        var response = exchange.response();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-jsonl");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes);
        response.setStatus(status);
        if (bytes == 0 || exchange.isHead()) {
            exchange.write(true, ByteBuffer.allocate(0));
            return;
        }
        exchange.allowStalls();
        try (var channel = open()) {
            if (channel instanceof FileChannel mappable) {
                sendMapped(exchange, mappable);
            } else {
                sendCopied(exchange, channel);
            }
        }
    }

    /** From here on the file may be deleted: what is open stays readable. */
    private SeekableByteChannel open() throws IOException {
        var path = file.path();
        try {
            return path.isPresent()
                    ? FileChannel.open(path.get(), READ, NOFOLLOW_LINKS)
                    : file.open();
        } catch (NoSuchFileException e) {
            throw ApiError.notFound("the results were deleted just now");
        }
    }

    private void sendMapped(Exchange exchange, FileChannel channel) throws IOException {
        for (long sent = 0; sent < bytes; ) {
            long window = Math.min(WINDOW_BYTES, bytes - sent);
            // Unmapped at once, not when a collector gets to it: a mapped page counts as ours.
            try (var arena = Arena.ofShared()) {
                var mapped = channel.map(MapMode.READ_ONLY, first + sent, window, arena);
                exchange.write(sent + window == bytes, mapped.asByteBuffer());
            }
            sent += window;
            breakOffIfRevoked(exchange, sent);
        }
    }

    private void sendCopied(Exchange exchange, SeekableByteChannel channel) throws IOException {
        channel.position(first);
        var buffer = ByteBuffer.allocateDirect(COPY_BYTES);
        for (long sent = 0; sent < bytes; ) {
            buffer.clear().limit((int) Math.min(COPY_BYTES, bytes - sent));
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException("the result file is shorter than it was");
                }
            }
            sent += buffer.flip().limit();
            exchange.write(sent == bytes, buffer);
            breakOffIfRevoked(exchange, sent);
        }
    }

    /** A slow download may take hours, and its key be revoked meanwhile: the client sees a part. */
    private void breakOffIfRevoked(Exchange exchange, long sent) throws ClientGoneException {
        if (sent < bytes && !exchange.isStillAllowed()) {
            throw exchange.hangUp(new IOException("the caller's key is not good any more"));
        }
    }
}
