package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.decide.Report;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
     * is left to pay for. Those of the simulator cost nothing; for others somebody has to agree,
     * since a batch cannot be seen with the key of another workspace either.
     *
     * @throws RunException if nobody agrees
     */
    void releaseGone(RunOptions.Confirmation confirmation) throws InterruptedException {
        for (var batch : state.batches().submitted(client.endpoint().identity())) {
            if (retrieve(batch).isPresent()) {
                continue;
            }
            if (!isSimulated() && !confirmation.confirmResending(idOf(batch), batch.requests())) {
                throw gone(batch);
            }
            state.inTransaction(() -> state.batches().gone(batch));
            state.batches().removeRequestsIfUnwanted(batch);
            messages.tell(new RunEvent.BatchGone(batch.number(), idOf(batch)));
        }
    }

    private boolean isSimulated() {
        return client.endpoint().identity().equals(Endpoint.SIMULATOR);
    }

    /** Asks for each once, until one does not answer. */
    void look(List<Integer> batches) throws InterruptedException {
        var open = batches.stream().map(state.batches()::batch).toList();
        long settledThere = 0;
        for (var batch : open) {
            try {
                var snapshot = retrieve(batch).orElseThrow(() -> gone(batch));
                messages.report(new Report.Seen(batch.number(), snapshot));
                settledThere += snapshot.counts().settled();
            } catch (UnreachableException | BrokenAnswerException e) {
                // A page in place of a batch is as good as silence.
                messages.report(new Report.Silent(e));
                break;
            } catch (RefusedException e) {
                // A sign-in page or a redirect in the middle of a run is something in between: the
                // batch is there, and so is the key that made it.
                if (!e.mayPass() && e.isServicesOwn()) {
                    throw e;
                }
                messages.report(new Report.Silent(e));
                break;
            }
        }
        long requests = open.stream().mapToLong(StoredBatch::requests).sum();
        progress.tell(requests, settledThere);
    }

    private Optional<BatchSnapshot> retrieve(StoredBatch batch) throws InterruptedException {
        try {
            return Optional.of(client.retrieve(idOf(batch)));
        } catch (RefusedException e) {
            if (e.isNotThere()) {
                return Optional.empty();
            }
            throw e;
        }
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
