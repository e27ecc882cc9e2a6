package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.EndpointException;
import org.jspecify.annotations.Nullable;

/** Something that happened. */
public sealed interface Report {

    /** Time went by. */
    record Tick() implements Report {}

    /** A batch is prepared. */
    record Prepared(int batch, int requests, long paramsBytes) implements Report {}

    /**
     * The source was read to its end, and nothing is in the way of sending.
     *
     * @param outstanding records to send that no prepared batch has
     */
    record SourceRead(long outstanding) implements Report {}

    /** The source is being read, and what was read so far may be sent. */
    record SendingAllowed() implements Report {}

    /**
     * Requests were gathered.
     *
     * @param prepared null: there were none, or the cost allowed none
     * @param isOverBudget whether the cost allowed none
     */
    record Gathered(@Nullable Prepared prepared, boolean isOverBudget) implements Report {}

    /** How sending or seeking a batch ended. */
    record Sent(int batch, Sending outcome) implements Report {}

    /** What became of sending a batch, or of looking for it. */
    sealed interface Sending {

        /** The endpoint has it. */
        record Submitted() implements Sending {}

        /** It was never taken, and nobody waits for it. */
        record Abandoned() implements Sending {}

        /** Nothing of it was taken: it may be sent again. */
        record NotTaken(EndpointException reason) implements Sending {}

        /** Whether it was taken stays open. */
        record Open(EndpointException reason, boolean isLookedFor) implements Sending {}

        /** It was looked for, and is not there. */
        record NotThere() implements Sending {}

        /** What may be it has not ended, so it cannot be told yet. */
        record NotToldYet() implements Sending {}
    }

    /** One batch was asked for. */
    record Seen(int batch, BatchSnapshot snapshot) implements Report {}

    /** The endpoint did not answer as it should, so the others were not asked for. */
    record Silent(EndpointException reason) implements Report {}

    /** Every batch was asked for, or it was no use. */
    record Looked() implements Report {}

    /**
     * Results were fetched.
     *
     * @param askAgain records of the plan that go into another batch
     */
    record Fetched(int batch, Fetching outcome, long askAgain, long spentMicros)
            implements Report {}

    /** What fetching the results of a batch came to. */
    sealed interface Fetching {
        /** All of them are here, or those that are not will not come. */
        record Whole() implements Fetching {}

        /** Some are missing, or nothing could be read. */
        record Lacking(int missing) implements Fetching {}

        /** The endpoint did not answer as it should. */
        record Silent(EndpointException reason) implements Fetching {}
    }

    /** The pilot was judged. */
    record Judged(Judgement judgement) implements Report {}

    /** What came of the pilot. */
    sealed interface Judgement {

        /** Enough of it was answered, or somebody wants to go on: the rest may be sent. */
        record Passed() implements Judgement {}

        /** Too much of it failed, and nobody wants to go on. */
        record Stopped() implements Judgement {}

        /** So many of its records are to be asked again before it can be told. */
        record AskAgain(long records) implements Judgement {}

        /** It can be told no more, such as if somebody canceled it: it takes another one. */
        record Undecided() implements Judgement {}
    }

    /** Answers were delivered, or could not be. */
    record Delivered() implements Report {}
}
