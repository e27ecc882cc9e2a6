package dev.nightmail.api.batches;

import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.journal.ResultFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Sends the results of a batch, whole or in part. A download that broke off continues where it
 * stopped: the file only ever grows.
 */
final class ResultsDownload {

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
            case ByteRange.Whole _ -> new FileSection(file, 0, length).send(exchange, 200);
            case ByteRange.Part(var first, var last) -> {
                headers.put(
                        HttpHeader.CONTENT_RANGE, "bytes %d-%d/%d".formatted(first, last, length));
                new FileSection(file, first, last - first + 1).send(exchange, 206);
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
}
