package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.decide.Report;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.List;
import java.util.Objects;

/** Asks how batches stand. */
final class Poller {

    private final BatchesApi client;
    private final PipelineState state;
    private final ProgressCount progress;
    private final Messages messages;

    Poller(BatchesApi client, PipelineState state, ProgressCount progress, Messages messages) {
        this.client = client;
        this.state = state;
        this.progress = progress;
        this.messages = messages;
    }

    /**
     * Frees the requests of batches the endpoint does not show any more, before the plan says what
     * is left to pay for. Where nothing is charged, nobody is asked; elsewhere somebody has to
     * agree, since a batch cannot be seen with the key of another workspace either.
     *
     * @throws RunException if nobody agrees
     */
    void releaseGone(RunOptions.Confirmation confirmation) throws InterruptedException {
        for (var batch : state.batches().submitted(client.endpoint().identity())) {
            if (client.retrieveIfThere(idOf(batch)).isPresent()) {
                continue;
            }
            if (charges() && !confirmation.confirmResending(idOf(batch), batch.requests())) {
                throw gone(batch);
            }
            state.inTransaction(() -> state.batches().gone(batch));
            state.batches().removeRequestsIfUnwanted(batch);
            messages.tell(new RunEvent.BatchGone(batch.number(), idOf(batch)));
        }
    }

    private boolean charges() {
        return Books.billing(state, client.endpoint()).charges();
    }

    /** Asks for each once, until one does not answer. */
    void look(List<Integer> batches) throws InterruptedException {
        var open = batches.stream().map(state.batches()::batch).toList();
        long settledThere = 0;
        for (var batch : open) {
            try {
                var snapshot = client.retrieveIfThere(idOf(batch)).orElseThrow(() -> gone(batch));
                messages.report(new Report.Seen(batch.number(), snapshot));
                settledThere += snapshot.counts().settled();
            } catch (EndpointException e) {
                if (!e.isSilence()) {
                    throw e;
                }
                messages.report(new Report.Silent(e));
                break;
            }
        }
        long requests = open.stream().mapToLong(StoredBatch::requests).sum();
        progress.tell(requests, settledThere);
    }

    private static RunException gone(StoredBatch batch) {
        return new RunException(
                "batch %s is not at the endpoint for this key. If another key made it, use that one; if it was deleted, run again at a terminal and agree to send its %d requests anew"
                        .formatted(idOf(batch), batch.requests()),
                null);
    }

    private static String idOf(StoredBatch batch) {
        return Objects.requireNonNull(batch.batchId(), "a submitted batch has an id");
    }
}
