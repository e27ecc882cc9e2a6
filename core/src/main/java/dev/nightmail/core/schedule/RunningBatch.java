package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchEvent;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.RequestCounts;
import dev.nightmail.core.lease.ChunkId;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.schedule.Effect.Unsaved;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch that is being run: where each of its requests stands, and which results wait for storage.
 * Two bytes a request.
 *
 * <p>A request is <i>pending</i> (to be sent, now or after a wait), <i>in flight</i>,
 * <i>decided</i> (its result waits for storage) or <i>settled</i>; it goes forward through these,
 * and back only from in flight to pending.
 */
final class RunningBatch {

    private static final byte PENDING = 0;
    private static final byte IN_FLIGHT = 1;
    private static final byte DECIDED = 2;
    private static final byte SETTLED = 3;

    private final RequestFacts requests;
    private final int chunkRequests;
    private final byte[] stages;
    private final byte[] attempts;
    private final int[] openInChunk;
    private List<Lane> lanes = List.of();

    private Batch batch;
    private List<Unsaved> unsaved = new ArrayList<>();
    private List<Unsaved> saving = List.of();
    private Instant lastSettledAt;
    private int storageFailures;
    private @Nullable Instant storageRestsUntil;
    private boolean recording;
    private @Nullable Instant recordAgainAt;
    private boolean cancelRecorded;

    RunningBatch(Batch batch, RequestFacts requests, Settled settled, int chunkRequests) {
        this.requests = requests;
        this.chunkRequests = chunkRequests;
        this.stages = new byte[requests.size()];
        this.attempts = new byte[requests.size()];
        this.openInChunk = new int[(requests.size() + chunkRequests - 1) / chunkRequests];
        this.batch = batch.after(new BatchEvent.ResultsSettled(settled.counts()));
        this.lastSettledAt =
                settled.lastSettledAt() == null
                        ? batch.header().createdAt()
                        : settled.lastSettledAt();
        this.cancelRecorded = batch.state() instanceof Canceling;
        for (int number = 0; number < stages.length; number++) {
            if (settled.requests().get(number)) {
                stages[number] = SETTLED;
            } else {
                openInChunk[number / chunkRequests]++;
            }
        }
    }

    BatchId id() {
        return batch.id();
    }

    Batch batch() {
        return batch;
    }

    int size() {
        return stages.length;
    }

    RequestFacts requests() {
        return requests;
    }

    List<Lane> lanes() {
        return lanes;
    }

    void lanes(List<Lane> planned) {
        lanes = List.copyOf(planned);
    }

    ChunkId chunkOf(int number) {
        return new ChunkId(id(), number / chunkRequests);
    }

    boolean isPending(int number) {
        return stages[number] == PENDING;
    }

    boolean isInFlight(int number) {
        return stages[number] == IN_FLIGHT;
    }

    boolean isCanceling() {
        return batch.state() instanceof Canceling;
    }

    void sent(int number) {
        stages[number] = IN_FLIGHT;
    }

    void takenBack(int number) {
        stages[number] = PENDING;
    }

    /** Counts a try that may have cost something. @return how many there have been */
    int countAttempt(int number) {
        return ++attempts[number];
    }

    void decided(Unsaved result) {
        stages[result.request()] = DECIDED;
        unsaved.add(result);
    }

    /** Results decided and not yet durable. */
    int waiting() {
        return unsaved.size() + saving.size();
    }

    boolean canSave(Instant now) {
        return saving.isEmpty()
                && !unsaved.isEmpty()
                && (storageRestsUntil == null || !now.isBefore(storageRestsUntil))
                && storageFailures == 0;
    }

    /** The next group for the log; it stays here until it is durable. */
    List<Unsaved> save(int groupMax) {
        if (unsaved.size() <= groupMax) {
            saving = unsaved;
            unsaved = new ArrayList<>();
        } else {
            saving = new ArrayList<>(unsaved.subList(0, groupMax));
            unsaved = new ArrayList<>(unsaved.subList(groupMax, unsaved.size()));
        }
        return saving;
    }

    /** The group is durable. @return the chunks of which nothing is left to do */
    List<ChunkId> saved() {
        var done = new ArrayList<ChunkId>();
        var counts = batch.counts();
        for (var result : saving) {
            counts = counts.settle(result.result().type());
            settle(result, done);
        }
        batch = batch.after(new BatchEvent.ResultsSettled(counts));
        saving = List.of();
        return done;
    }

    private void settle(Unsaved result, List<ChunkId> done) {
        stages[result.request()] = SETTLED;
        if (result.settledAt().isAfter(lastSettledAt)) {
            lastSettledAt = result.settledAt();
        }
        int chunk = result.request() / chunkRequests;
        if (--openInChunk[chunk] == 0) {
            done.add(new ChunkId(id(), chunk));
        }
    }

    /** Storage refused. @return how often in a row */
    int storageFailed() {
        return ++storageFailures;
    }

    void storageRests(Instant until) {
        storageRestsUntil = until;
    }

    @Nullable Instant storageRestsUntil() {
        return storageFailures == 0 ? null : storageRestsUntil;
    }

    boolean shouldReopen(Instant now) {
        return storageFailures > 0 && storageRestsUntil != null && !now.isBefore(storageRestsUntil);
    }

    void reopening() {
        storageRestsUntil = null;
    }

    /**
     * The log was opened again: what of the failed group is there is settled, the rest is saved
     * once more.
     *
     * @return the chunks of which nothing is left to do
     */
    List<ChunkId> reopened(BitSet inLog, RequestCounts countsInLog) {
        storageFailures = 0;
        storageRestsUntil = null;
        var done = new ArrayList<ChunkId>();
        var rest = new ArrayList<Unsaved>(unsaved.size() + saving.size());
        for (var result : saving) {
            if (inLog.get(result.request())) {
                settle(result, done);
            } else {
                rest.add(result);
            }
        }
        rest.addAll(unsaved);
        unsaved = rest;
        saving = List.of();
        batch = batch.after(new BatchEvent.ResultsSettled(countsInLog));
        return done;
    }

    void apply(BatchEvent event) {
        batch = batch.after(event);
    }

    Instant lastSettledAt() {
        return lastSettledAt;
    }

    boolean isRecording() {
        return recording;
    }

    void recording(boolean underWay) {
        recording = underWay;
        recordAgainAt = null;
    }

    void recordAgainAt(Instant at) {
        recordAgainAt = at;
    }

    @Nullable Instant recordAgainAt() {
        return recordAgainAt;
    }

    boolean isCancelRecorded() {
        return cancelRecorded;
    }

    void cancelRecorded() {
        cancelRecorded = true;
    }
}
