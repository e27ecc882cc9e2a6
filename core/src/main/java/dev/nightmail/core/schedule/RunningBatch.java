package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchEvent;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.lease.ChunkId;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.schedule.Effect.Unsaved;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

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
    private List<Unsaved> withheld = List.of();
    private BatchState recorded;
    private boolean recording;
    private boolean recordWaits;
    private int recordFailures;
    private boolean logBroken;
    private int storageFailures;
    private int answersWaiting;
    private int withholdings;
    private int unreadableInRow;
    private boolean resting;

    /** Requests that are sent one at a time, since a process has died of one of them. */
    private final BitSet apart = new BitSet();

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
        this.recorded = batch.state();
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

    /** As it was decided, durable or not. */
    Batch batch() {
        return batch;
    }

    /** As clients may see it: nothing in it that is not durable. */
    Batch shown() {
        return new Batch(batch.header(), recorded, batch.counts());
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

    boolean isSettled(int number) {
        return stages[number] == SETTLED;
    }

    boolean isCanceling() {
        return batch.state() instanceof Canceling;
    }

    /** Whether its requests may be sent: what they bring can be kept, and is wanted. */
    boolean maySend() {
        return !isCanceling() && storageFailures == 0 && !resting;
    }

    void sent(int number) {
        stages[number] = IN_FLIGHT;
    }

    void takenBack(int number) {
        stages[number] = PENDING;
    }

    /** Tries so far that may have cost something. */
    int attempts(int number) {
        return attempts[number];
    }

    /**
     * Takes over the attempts of an earlier process.
     *
     * @param isApart whether the request is to be sent when no other such is under way
     */
    void triedBefore(int number, int count, boolean isApart) {
        attempts[number] = (byte) Math.min(count, Byte.MAX_VALUE);
        apart.set(number, isApart);
    }

    boolean isApart(int number) {
        return apart.get(number);
    }

    boolean hasApart() {
        return !apart.isEmpty();
    }

    /** Counts a try that may have cost something. @return how many there have been */
    int countAttempt(int number) {
        return attempts[number] == Byte.MAX_VALUE ? Byte.MAX_VALUE : ++attempts[number];
    }

    void decided(Unsaved result) {
        stages[result.request()] = DECIDED;
        unsaved.add(result);
        if (isAnswer(result)) {
            answersWaiting++;
        }
    }

    /** Whether a call brought it: only then would a crash make one be repeated. */
    private static boolean isAnswer(Unsaved result) {
        return result.customId() != null;
    }

    /**
     * Calls that have ended and would be repeated after a crash, since what they brought is on its
     * way to storage. None while storage fails: nothing is sent then, so they become no more, and
     * they take no place from other batches however long it lasts.
     */
    int atStake() {
        return storageFails() ? 0 : answersWaiting;
    }

    /**
     * Results decided, not yet durable, and on their way there. Those withheld are not: they wait
     * for a person, and nothing waits for them.
     */
    int waiting() {
        return unsaved.size() + saving.size();
    }

    boolean canSave() {
        return saving.isEmpty() && !unsaved.isEmpty() && !logBroken;
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

    /**
     * The group is durable, except for the results whose requests could not be named.
     *
     * @param unnamed their numbers
     * @return the chunks of which nothing is left to do
     */
    List<ChunkId> saved(Set<Integer> unnamed) {
        storageFailures = 0;
        var done = new ArrayList<ChunkId>();
        var kept = new ArrayList<>(withheld);
        var counts = batch.counts();
        for (var result : saving) {
            if (unnamed.contains(result.request())) {
                kept.add(result);
            } else {
                counts = counts.settle(result.result().type());
                settle(result, done);
            }
        }
        batch = batch.after(new BatchEvent.ResultsSettled(counts));
        saving = List.of();
        withheld = kept;
        return done;
    }

    /** How often results were withheld so far, this time included. */
    int countWithholding() {
        return ++withholdings;
    }

    /** What was withheld is tried again. */
    void releaseWithheld() {
        unsaved.addAll(withheld);
        withheld = List.of();
    }

    private void settle(Unsaved result, List<ChunkId> done) {
        stages[result.request()] = SETTLED;
        if (isAnswer(result)) {
            answersWaiting--;
        }
        if (result.settledAt().isAfter(lastSettledAt)) {
            lastSettledAt = result.settledAt();
        }
        int chunk = result.request() / chunkRequests;
        if (--openInChunk[chunk] == 0) {
            done.add(new ChunkId(id(), chunk));
        }
    }

    /**
     * Storage refused: the log takes nothing until it was opened again. @return how often in a row
     */
    int storageFailed() {
        logBroken = true;
        return ++storageFailures;
    }

    /** Whether the log must be opened again. */
    boolean isLogBroken() {
        return logBroken;
    }

    /** Whether storage has refused and not taken anything since. */
    boolean storageFails() {
        return storageFailures > 0;
    }

    /**
     * The log was opened again: what of the failed group is there is settled, the rest is saved
     * once more.
     *
     * @return the chunks of which nothing is left to do
     */
    List<ChunkId> reopened(BitSet inLog, RequestCounts countsInLog) {
        logBroken = false;
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
        if (rest.isEmpty()) {
            // Else it is trusted again when it has taken the rest.
            storageFailures = 0;
        }
        batch = batch.after(new BatchEvent.ResultsSettled(countsInLog));
        return done;
    }

    void apply(BatchEvent event) {
        batch = batch.after(event);
    }

    Instant lastSettledAt() {
        return lastSettledAt;
    }

    /** Whether a record is on its way or waits to be tried again. */
    boolean isRecordDue() {
        return recording || recordWaits;
    }

    boolean isRecording() {
        return recording;
    }

    void recordBegun() {
        recording = true;
        recordWaits = false;
    }

    /** It is tried again later. @return how often in a row that was so */
    int recordFailed() {
        recording = false;
        recordWaits = true;
        return ++recordFailures;
    }

    void recorded(BatchState state) {
        recording = false;
        recordFailures = 0;
        recorded = state;
    }

    boolean isCancelRecorded() {
        return recorded instanceof Canceling;
    }

    /** A request could not be read. @return how often in a row */
    int countUnreadable() {
        return ++unreadableInRow;
    }

    void readable() {
        unreadableInRow = 0;
    }

    boolean isResting() {
        return resting;
    }

    void resting(boolean rests) {
        resting = rests;
    }
}
