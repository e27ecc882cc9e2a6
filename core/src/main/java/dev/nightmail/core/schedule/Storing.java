package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Decision;
import dev.nightmail.core.lease.ChunkId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.schedule.Effect.AppendResults;
import dev.nightmail.core.schedule.Effect.RecordBatch;
import dev.nightmail.core.schedule.Effect.ReopenLog;
import dev.nightmail.core.schedule.Effect.Unsaved;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way of a decision to storage: results in groups, one group per batch at a time; then the
 * state of the batch.
 *
 * <p>What storage refuses is kept and offered again, further and further apart, for as long as the
 * process lives. A log that failed is opened afresh first, since nobody knows what of the group got
 * there.
 */
final class Storing {

    private final int groupMax;
    private final Backoff retry;
    private final RandomGenerator random;
    private final Timers timers;
    private final Consumer<Effect> effects;
    private int atStake;

    Storing(
            int groupMax,
            Backoff retry,
            RandomGenerator random,
            Timers timers,
            Consumer<Effect> effects) {
        this.groupMax = groupMax;
        this.retry = retry;
        this.random = random;
        this.timers = timers;
        this.effects = effects;
    }

    /** What calls have brought and is not yet durable, of all batches whose storage works. */
    int atStake() {
        return atStake;
    }

    /**
     * @param customId null where the request was never read
     */
    void decide(
            RunningBatch running,
            int number,
            @Nullable CustomId customId,
            Result result,
            Moment now) {
        weighed(
                running,
                () -> {
                    running.decided(new Unsaved(number, customId, result, now.wall()));
                    return running;
                });
    }

    /** Does something to a batch that may change what is at stake. */
    private <T> T weighed(RunningBatch running, Supplier<T> step) {
        int before = running.atStake();
        var done = step.get();
        atStake += running.atStake() - before;
        return done;
    }

    /** Whatever happened to a batch, this is what follows from where it stands now. */
    void moveOn(RunningBatch running) {
        if (running.canSave()) {
            effects.accept(new AppendResults(running.id(), running.save(groupMax)));
        }
        if (running.batch().counts().allSettled() && !running.isRecordDue()) {
            end(running);
        }
    }

    private void end(RunningBatch running) {
        if (running.batch().end(running.lastSettledAt()) instanceof Decision.Accepted(var events)
                && !events.isEmpty()) {
            events.forEach(running::apply);
            record(running);
        }
    }

    /**
     * @return the chunks of which nothing is left to do
     */
    List<ChunkId> saved(RunningBatch running, Set<Integer> unnamed, Moment now) {
        var done = weighed(running, () -> running.saved(unnamed));
        if (!unnamed.isEmpty()) {
            var wait = retry.delay(running.countWithholding(), random);
            timers.after(wait, now, new Timer.Due.Withheld(running.id()));
        }
        return done;
    }

    void releaseWithheld(RunningBatch running) {
        running.releaseWithheld();
    }

    void failed(RunningBatch running, Moment now) {
        var wait = retry.delay(weighed(running, running::storageFailed), random);
        timers.after(wait, now, new Timer.Due.Storage(running.id()));
    }

    void reopen(RunningBatch running) {
        if (running.isLogBroken()) {
            effects.accept(new ReopenLog(running.id()));
        }
    }

    /**
     * @return the chunks of which nothing is left to do
     */
    List<ChunkId> reopened(RunningBatch running, Settled settled) {
        return weighed(running, () -> running.reopened(settled.requests(), settled.counts()));
    }

    void record(RunningBatch running) {
        running.recordBegun();
        effects.accept(new RecordBatch(running.batch()));
    }

    void recordFailed(RunningBatch running, Moment now) {
        var wait = retry.delay(running.recordFailed(), random);
        timers.after(wait, now, new Timer.Due.Recording(running.id()));
    }
}
