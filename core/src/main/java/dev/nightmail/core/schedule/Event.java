package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.result.Settled;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the scheduler is told. */
public sealed interface Event {

    /**
     * A batch is there to be run: new, or found again after a restart with what was settled before.
     *
     * @param attempts that may have cost something, of the requests that had any before, by number
     */
    record BatchAdmitted(
            Batch batch, RequestFacts requests, Settled settled, Map<Integer, Integer> attempts)
            implements Event {
        public BatchAdmitted {
            attempts = Map.copyOf(attempts);
        }

        /** One that is run for the first time. */
        public BatchAdmitted(Batch batch, RequestFacts requests, Settled settled) {
            this(batch, requests, settled, Map.of());
        }
    }

    /** The batch is there, but its files could not be opened; it is asked for again. */
    record OpenFailed(Batch batch) implements Event {}

    /**
     * @param customId of the request, as it was read for the attempt
     */
    record AttemptFinished(long attempt, CustomId customId, AttemptOutcome outcome)
            implements Event {}

    /** An attempt was called off and has ended without an answer. */
    record AttemptAborted(long attempt) implements Event {}

    /**
     * The request of an attempt could not be read, so nothing was sent. Without it there is no
     * custom_id either, under which it could be errored: it can only be tried again.
     */
    record RequestUnreadable(long attempt) implements Event {}

    /**
     * The group that was to be appended is on stable storage.
     *
     * @param unnamed numbers of those requests whose results were left out, since their custom_id
     *     could not be read; normally none
     */
    record ResultsDurable(BatchId batch, Set<Integer> unnamed) implements Event {
        public ResultsDurable {
            unnamed = Set.copyOf(unnamed);
        }
    }

    /**
     * Storage refused the group; what of it got there is unknown until the log was opened again.
     */
    record AppendFailed(BatchId batch) implements Event {}

    /** The log was opened again after a failure. */
    record LogReopened(BatchId batch, Settled settled) implements Event {}

    /** Somebody wants the batch called off. */
    record CancelAsked(BatchId batch) implements Event {}

    /** The state that {@link Effect.RecordBatch} asked for is durable. */
    record BatchRecorded(Batch batch) implements Event {}

    /** It could not be made so; it is asked for again. */
    record RecordFailed(Batch batch) implements Event {}

    /**
     * An interactive call takes a place at an upstream, ahead of all batches, …
     *
     * @param call names it, unique in the life of the scheduler
     */
    record InteractiveStarted(String upstream, long call) implements Event {}

    /** … and gives it back. */
    record InteractiveFinished(String upstream, long call, ForwardOutcome.News news)
            implements Event {}

    /**
     * An interactive call that has given its place back was refused for want of room, by all who
     * could be asked. It is answered by {@link Effect.RetryInteractive} or {@link
     * Effect.PassRefusalOn}.
     *
     * @param tries how often it was refused so
     * @param refusals one of each upstream
     * @param patience how long it may still wait
     */
    record InteractiveRefused(long call, int tries, List<Refusal> refusals, Duration patience)
            implements Event {

        /** As {@link ForwardOutcome.Throttled}. */
        public record Refusal(String upstream, @Nullable Duration retryAfter, boolean noPlace) {}

        public InteractiveRefused {
            refusals = List.copyOf(refusals);
        }
    }

    /** An interactive call does not wait any longer to be tried again: its client is gone. */
    record InteractiveGone(long call) implements Event {}

    /**
     * A relay was under way when the last process ended: its requests are out, and stay so.
     *
     * @param running those of its batches that are not over
     */
    record RelayRecovered(Relay relay, Set<BatchId> running) implements Event {
        public RelayRecovered {
            running = Set.copyOf(running);
        }
    }

    /** The provider has the relay. */
    record RelaySubmitted(RelayId relay) implements Event {}

    /**
     * Whether a relay was made is not known: it is looked for. For those who ask how the upstream
     * stands.
     *
     * @param reason in words
     */
    record RelayInDoubt(RelayId relay, String reason) implements Event {}

    /**
     * The provider has canceled a relay, and it was not we who asked for that. That nothing is sent
     * there until a person resumes the upstream is durable.
     */
    record RelayCanceledElsewhere(RelayId relay) implements Event {}

    /** The last process left this upstream held: a person has to resume it. */
    record RelaysFoundHeld(String upstream) implements Event {}

    /** A person wants the upstream to be given batches again, now. */
    record ResumeAsked(String upstream) implements Event {}

    /** Something is known of some requests of a relay. */
    record RelayAnswered(RelayId relay, List<Answer> group) implements Event {
        public record Answer(BatchId batch, int request, RelayedOutcome outcome) {}

        public RelayAnswered {
            group = List.copyOf(group);
        }
    }

    /** All that the provider says of the relay's requests was reported. */
    record RelayCollected(RelayId relay) implements Event {}

    /**
     * The provider takes no such relay: at least one of its requests is at fault, and nobody knows
     * which. None was made, and its record is gone.
     */
    record RelayRefused(RelayId relay, AttemptOutcome.Refused outcome) implements Event {}

    /**
     * The relay was not made, through no fault of its requests, and its record is gone.
     *
     * @param why null if that was wanted
     */
    record RelayNotMade(RelayId relay, @Nullable AttemptOutcome why) implements Event {}

    /** The record of the relay is gone: what of its requests has no result may be sent again. */
    record RelayClosed(RelayId relay) implements Event {}

    /** No new calls from here on; those in flight may finish. */
    record StopAsked() implements Event {}

    /** Time has passed. */
    record Tick() implements Event {}
}
