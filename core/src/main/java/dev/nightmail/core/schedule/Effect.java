package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the scheduler wants done, in order. Each may be carried out more than once without harm. */
public sealed interface Effect {

    /**
     * Open the batch's files and report {@link Event.BatchAdmitted}, or {@link Event.OpenFailed}.
     */
    record OpenBatch(Batch batch) implements Effect {}

    /**
     * Read the request, send it, and report {@link Event.AttemptFinished}, or {@link
     * Event.RequestUnreadable}.
     *
     * @param attempt names this try, unique in the life of the scheduler
     * @param count the attempts of the request that may have cost something, if this one does
     * @param as how the model is called there; null if as the request calls it
     * @param cachesPrefix whether it is to be asked to keep the prompt's shared part in its cache
     * @param timeout for the whole call
     */
    record StartAttempt(
            long attempt,
            BatchId batch,
            int request,
            int count,
            String upstream,
            @Nullable String as,
            boolean cachesPrefix,
            Duration timeout)
            implements Effect {}

    /**
     * Call these off, as far as possible; each reports {@link Event.AttemptAborted}, or finishes
     * all the same.
     */
    record AbortAttempts(List<Long> attempts) implements Effect {
        public AbortAttempts {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * Make an interactive call again that was refused for want of room, at this upstream. It
     * reports {@link Event.InteractiveStarted}, or {@link Event.InteractiveGone}.
     */
    record RetryInteractive(long call, String upstream) implements Effect {}

    /** Answer an interactive call with the refusal that it has met. */
    record PassRefusalOn(long call) implements Effect {}

    /**
     * Append the group to the batch's log and report {@link Event.ResultsDurable} or {@link
     * Event.AppendFailed}.
     */
    record AppendResults(BatchId batch, List<Unsaved> group) implements Effect {}

    /**
     * A result that is decided but not yet durable.
     *
     * @param customId null where the request was never read; the log of requests knows it
     */
    record Unsaved(int request, @Nullable CustomId customId, Result result, Instant settledAt) {}

    /**
     * Open the log of a batch afresh after a failure and report {@link Event.LogReopened}, or
     * {@link Event.AppendFailed}.
     */
    record ReopenLog(BatchId batch) implements Effect {}

    /**
     * Make this state of the batch durable and report {@link Event.BatchRecorded} or {@link
     * Event.RecordFailed}.
     */
    record RecordBatch(Batch batch) implements Effect {}

    /** Show clients this value of the batch: everything it says is durable. */
    record Publish(Batch batch) implements Effect {}

    /** The batch is over and recorded: close what is open of it. */
    record Close(BatchId batch) implements Effect {}

    /** An upstream was given a rest. For the log. */
    record UpstreamPaused(String upstream, String reason, Duration pause) implements Effect {}

    /**
     * An upstream does not serve us at all and was given a rest. For the log, as an error: it stays
     * so until a person has mended it.
     *
     * @param reason what came and what to look at; no credential
     */
    record UpstreamUnauthorized(String upstream, String reason, Duration pause) implements Effect {}

    /** Too many requests fail at an upstream: few are sent until it is healthy. For the log. */
    record UpstreamUnhealthy(String upstream, String reason) implements Effect {}

    /** An upstream that was unhealthy, could not be reached or did not serve us does again. */
    record UpstreamHealthy(String upstream) implements Effect {}

    /**
     * An answer came that nobody may use any more: the request has another holder or is settled.
     * Its tokens were spent.
     */
    record AnswerDiscarded(BatchId batch, CustomId customId) implements Effect {}

    /**
     * Make the intent durable, submit the relay, and see it through: report {@link
     * Event.RelaySubmitted}, the outcomes of its requests, each once {@link MoreOf} was said to the
     * last group, and {@link Event.RelayCollected}; or that it was not made.
     *
     * @param ofOneKey whether all its requests are of one key: only then may what the provider says
     *     of its create decide a single request, or be shown for it
     */
    record SubmitRelay(Relay relay, boolean ofOneKey) implements Effect {}

    /**
     * Batches of ours were canceled at the provider, so nothing more is sent there until a person
     * resumes it. For the log, as an error.
     */
    record RelaysHeld(String upstream) implements Effect {}

    /** A person has resumed an upstream: forget durably that it was held. */
    record RelaysResumed(String upstream) implements Effect {}

    /** The same from where the last process left it. */
    record ResumeRelay(RelayId relay) implements Effect {}

    /** There is room for the next group of a relay's outcomes. */
    record MoreOf(RelayId relay) implements Effect {}

    /**
     * Report the outcomes of a relay again: not all could be taken. Those that are settled are
     * passed over.
     */
    record CollectRelay(RelayId relay) implements Effect {}

    /** Nobody wants what is left of the relay: have the provider cancel it, as far as possible. */
    record CancelRelay(RelayId relay) implements Effect {}

    /**
     * All it brought is durable: remove its record and report {@link Event.RelayClosed}.
     *
     * @param discarded answers that came when their requests had expired. Their tokens were spent
     */
    record CloseRelay(RelayId relay, int discarded) implements Effect {}
}
