package dev.nightmail.api.batches;

import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Endpoint;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.BatchDesk.ResultsSoFar;
import dev.nightmail.engine.desk.BatchDesk.ResultsSoFar.Settled;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import java.io.IOException;
import java.time.Duration;

/**
 * {@code GET /nightmail/v1/batches/{id}/results}: the result lines from an offset on, as far as
 * they have settled. The answer ends with a whole line, says at which offset the next begins, and
 * how the batch stands: if it has ended, that was all.
 */
final class PartialResults implements Endpoint {

    static final String NEXT_OFFSET = "nightmail-next-offset";
    static final String PROCESSING_STATUS = "nightmail-processing-status";

    /** Well below the silence at which proxies and clients give up. */
    private static final int WAIT_SECONDS_MAX = 60;

    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final BatchDesk desk;

    PartialResults(BatchDesk desk) {
        this.desk = desk;
    }

    @Override
    public void answer(Exchange exchange, Caller caller, String id)
            throws IOException, InterruptedException {
        var batchId = BatchEndpoints.known(id);
        long from = number(exchange, "from", Long.MAX_VALUE);
        var wait = Duration.ofSeconds(number(exchange, "wait", WAIT_SECONDS_MAX));
        var settled = settled(caller.workspace(), batchId);
        if (settled.file().length() == from && !settled.batch().isOver() && !wait.isZero()) {
            awaitMore(exchange, caller.workspace(), settled.batch(), wait);
            exchange.requireStillAllowed();
            settled = settled(caller.workspace(), batchId);
        }
        send(exchange, settled, from);
    }

    private static long number(Exchange exchange, String name, long max) {
        var text = exchange.query().getValue(name);
        if (text == null) {
            return 0;
        }
        try {
            long number = Long.parseLong(text.strip());
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number out of range.
        }
        throw ApiError.invalid(
                name
                        + ": Input should be an integer from 0"
                        + (max == Long.MAX_VALUE ? " on" : " to " + max));
    }

    private Settled settled(WorkspaceId workspace, BatchId id) {
        return switch (desk.resultsSoFar(workspace, id)) {
            case Settled settled -> settled;
            case ResultsSoFar.Archived _ -> throw BatchEndpoints.archived(id);
            case ResultsSoFar.NotFound _ -> throw BatchEndpoints.notFound(id.value());
        };
    }

    private void awaitMore(Exchange exchange, WorkspaceId workspace, Batch seen, Duration wait)
            throws IOException, InterruptedException {
        try (var watch = exchange.watchClient()) {
            try {
                desk.awaitChange(workspace, seen, wait);
            } catch (StoppingException e) {
                // What there is can be had all the same.
            } catch (InterruptedException e) {
                if (watch.clientIsGone()) {
                    throw new ClientGoneException(e);
                }
                throw e;
            }
        }
    }

    private static void send(Exchange exchange, Settled settled, long from) throws IOException {
        long length = settled.file().length();
        if (from > length) {
            throw ApiError.of(
                    RANGE_NOT_SATISFIABLE,
                    ErrorType.INVALID_REQUEST_ERROR,
                    "from: the results have %d bytes so far".formatted(length));
        }
        var headers = exchange.response().getHeaders();
        headers.put(NEXT_OFFSET, length);
        headers.put(PROCESSING_STATUS, BatchJson.processingStatus(settled.batch()));
        new FileSection(settled.file(), from, length - from).send(exchange, 200);
    }
}
