package dev.nightmail.api.batches;

import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.exchange.Endpoint;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.exchange.PublicUrl;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.BatchDesk.Cancellation;
import dev.nightmail.engine.desk.BatchDesk.Deletion;
import dev.nightmail.engine.desk.BatchDesk.Results;
import java.io.IOException;
import java.net.URI;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The endpoints of the Message Batches API, and ours beside it, in front of the engine's desk. */
public final class BatchEndpoints {

    private final BatchDesk desk;
    private final PublicUrl publicUrl;
    private final RandomGenerator random;

    /**
     * @param publicUrl by which clients reach us; null if each call is to say
     */
    public BatchEndpoints(BatchDesk desk, @Nullable URI publicUrl, RandomGenerator random) {
        this.desk = desk;
        this.publicUrl = new PublicUrl(publicUrl);
        this.random = random;
    }

    public Endpoint create() {
        return new CreateBatch(desk, publicUrl, random);
    }

    public void list(Exchange exchange, Caller caller, String id) throws IOException {
        var page = desk.page(caller.workspace(), PageQuery.parse(exchange.query()));
        exchange.respond(200, BatchJson.page(page, publicUrl.of(exchange)));
    }

    public void retrieve(Exchange exchange, Caller caller, String id) throws IOException {
        var batch = desk.find(caller.workspace(), known(id)).orElseThrow(() -> notFound(id));
        respond(exchange, batch);
    }

    public void cancel(Exchange exchange, Caller caller, String id) throws IOException {
        switch (desk.cancel(caller.workspace(), known(id))) {
            case Cancellation.Canceling(var batch) -> respond(exchange, batch);
            // Never 409: the SDKs would try again on their own.
            case Cancellation.AlreadyEnded _ ->
                    throw ApiError.invalid("batch " + id + " has ended and cannot be canceled")
                            .notWorthRetrying();
            case Cancellation.NotFound _ -> throw notFound(id);
        }
    }

    public void delete(Exchange exchange, Caller caller, String id) throws IOException {
        var batchId = known(id);
        switch (desk.delete(caller.workspace(), batchId)) {
            case Deletion.Deleted _ -> exchange.respond(200, BatchJson.deleted(batchId));
            case Deletion.StillProcessing(var batch) ->
                    throw ApiError.invalid(
                                    "batch %s is %s; cancel it and wait for its end to delete it"
                                            .formatted(id, BatchJson.processingStatus(batch)))
                            .notWorthRetrying();
            case Deletion.NotFound _ -> throw notFound(id);
        }
    }

    public void results(Exchange exchange, Caller caller, String id) throws IOException {
        switch (desk.results(caller.workspace(), known(id))) {
            case Results.Ready(var batch, var file) ->
                    new ResultsDownload(exchange, batch.id(), file).send();
            case Results.NotEnded(var batch) ->
                    throw ApiError.notFound(
                            "batch %s is %s; its results are there once it has ended"
                                    .formatted(id, BatchJson.processingStatus(batch)));
            case Results.Archived(var batch) -> throw archived(batch.id());
            case Results.NotFound _ -> throw notFound(id);
        }
    }

    /** What has settled of a batch that may still run. */
    public Endpoint partialResults() {
        return new PartialResults(desk);
    }

    /** How a batch gets on. */
    public Endpoint events() {
        return new ProgressEvents(desk, publicUrl);
    }

    private void respond(Exchange exchange, Batch batch) throws IOException {
        exchange.respond(200, BatchJson.batch(batch, publicUrl.of(exchange)));
    }

    static BatchId known(String id) {
        return BatchId.parse(id).orElseThrow(() -> notFound("with this id"));
    }

    static ApiError notFound(String id) {
        return ApiError.notFound("there is no batch " + id);
    }

    static ApiError archived(BatchId id) {
        return ApiError.notFound("batch " + id + " has been archived; its results are gone");
    }
}
