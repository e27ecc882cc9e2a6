package dev.nightmail.api.batches;

import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.journal.ResultFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Sends the results of a batch, whole or in part. The length is sent first, so a download that
 * breaks off can be told from one that is complete, and a resumed one continues where it stopped:
 * the file only ever grows.
 *
 * <p>Bytes go from the page cache to the socket through mapped windows, never through the heap. The
 * answer is not compressed, though every SDK would take it: on the usual paths (loopback, a data
 * center) deflating is slower than the network, and a part of it could not be resumed.
 */
final class ResultsDownload {

    private static final int WINDOW_BYTES = 8 * 1024 * 1024;
    private static final int COPY_BYTES = 256 * 1024;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final Exchange exchange;
    private final ResultFile file;
    private final long length;
    private final String etag;

    ResultsDownload(Exchange exchange, BatchId id, ResultFile file) {
        this.exchange = exchange;
        this.file = file;
        this.length = file.length();
        this.etag = "\"" + id + "-" + length + "\"";
    }

    void send() throws IOException {
        var headers = exchange.response().getHeaders();
        headers.put(HttpHeader.ETAG, etag);
        headers.put(HttpHeader.ACCEPT_RANGES, "bytes");
        if (isUnchanged(exchange.header("if-none-match"))) {
            exchange.response().setStatus(304);
            exchange.write(true, ByteBuffer.allocate(0));
            return;
        }
        switch (ByteRange.parse(rangeHeader(), length)) {
            case ByteRange.Whole _ -> send(200, 0, length);
            case ByteRange.Part(var first, var last) -> {
                headers.put(
                        HttpHeader.CONTENT_RANGE, "bytes %d-%d/%d".formatted(first, last, length));
                send(206, first, last - first + 1);
            }
            case ByteRange.Unsatisfiable _ ->
                    throw ApiError.of(
                                    RANGE_NOT_SATISFIABLE,
                                    ErrorType.INVALID_REQUEST_ERROR,
                                    "range: the results have %d bytes".formatted(length))
                            .withHeader("content-range", "bytes */" + length);
        }
    }

    /** The range, unless it was meant for another state of the file. */
    private @Nullable String rangeHeader() {
        var condition = exchange.header("if-range");
        return condition == null || condition.strip().equals(etag)
                ? exchange.header("range")
                : null;
    }

    private boolean isUnchanged(@Nullable String header) {
        return header != null
                && Arrays.stream(header.split(",", -1))
                        .map(String::strip)
                        .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                        .anyMatch(tag -> tag.equals("*") || tag.equals(etag));
    }

    private void send(int status, long first, long bytes) throws IOException {
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
                sendMapped(mappable, first, bytes);
            } else {
                sendCopied(channel, first, bytes);
            }
        }
    }

    /** From here on the file may be deleted: what is open stays readable. */
    private SeekableByteChannel open() throws IOException {
        var path = file.path();
        try {
            return path.isPresent() ? FileChannel.open(path.get()) : file.open();
        } catch (NoSuchFileException e) {
            throw ApiError.notFound("the results were deleted just now");
        }
    }

    private void sendMapped(FileChannel channel, long first, long bytes) throws IOException {
        for (long sent = 0; sent < bytes; ) {
            long window = Math.min(WINDOW_BYTES, bytes - sent);
            // Unmapped at once, not when a collector gets to it: a mapped page counts as ours.
            try (var arena = Arena.ofShared()) {
                var mapped = channel.map(MapMode.READ_ONLY, first + sent, window, arena);
                exchange.write(sent + window == bytes, mapped.asByteBuffer());
            }
            sent += window;
        }
    }

    private void sendCopied(SeekableByteChannel channel, long first, long bytes)
            throws IOException {
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
        }
    }
}
