package dev.nightmail.pipeline.decide;

import dev.nightmail.pipeline.client.BatchSnapshot;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something to do. */
public sealed interface Effect {

    /** What is done by whoever decides: it takes no time. */
    sealed interface Immediate extends Effect {}

    /** What goes on beside the rest; a {@link Report} tells how it ended. */
    sealed interface InLane extends Effect {
        Lane lane();
    }

    /** Of each, one thing at a time. */
    enum Lane {
        GATHER,
        SEND,
        LOOK,
        FETCH,
        DELIVER
    }

    /**
     * Gather outstanding requests into a batch.
     *
     * @param dissolved a prepared batch that is not to be sent as it is; null: none
     * @param micros what it may be likely to cost; null: anything
     */
    record Gather(Wanted wanted, @Nullable Integer dissolved, @Nullable Long micros)
            implements InLane {
        @Override
        public Lane lane() {
            return Lane.GATHER;
        }
    }

    /** Which requests are gathered. */
    enum Wanted {
        /** As many as a batch takes. */
        ANY,
        /** As many as a pilot has. */
        A_PILOT,
        /** Those of the pilot that are to be asked again. */
        THE_PILOTS
    }

    /**
     * Send a prepared batch, or one of which it turned out that it was never taken.
     *
     * @param beginsPilot whether it is the pilot from here on
     */
    record Send(int batch, long likelyMicros, boolean beginsPilot) implements InLane {
        @Override
        public Lane lane() {
            return Lane.SEND;
        }
    }

    /** Find out what became of a batch whose create call got no answer. */
    record Seek(int batch) implements InLane {
        @Override
        public Lane lane() {
            return Lane.SEND;
        }
    }

    /** Ask for each of these batches once; an answer each is reported, and the end of the round. */
    record Look(List<Integer> batches) implements InLane {
        public Look {
            batches = List.copyOf(batches);
        }

        @Override
        public Lane lane() {
            return Lane.LOOK;
        }
    }

    /**
     * Fetch the results of a batch that has ended.
     *
     * @param isLast whether what is missing will not come any more
     */
    record Fetch(int batch, BatchSnapshot seen, boolean isLast) implements InLane {
        @Override
        public Lane lane() {
            return Lane.FETCH;
        }
    }

    /** Deliver answers to sinks that take them while the run goes on. */
    record Deliver() implements InLane {
        @Override
        public Lane lane() {
            return Lane.DELIVER;
        }
    }

    /** The results of a batch lack some: they are fetched again after a while. */
    record TellLacking(int batch, int missing, Duration nextTryIn) implements Immediate {}

    /** A batch could not be sent. */
    record TellSendingFailed(int failures, Duration nextTryIn, String reason)
            implements Immediate {}

    /** The endpoint does not answer. */
    record TellSilent(String reason) implements Immediate {}

    /** The budget ends the sending. */
    record TellBudgetReached(long underWayMicros) implements Immediate {}

    /**
     * Find out what came of the pilot, and ask somebody whether to go on if it failed. {@link
     * Report.Judged} tells it.
     */
    record Judge() implements Immediate {}

    /** It stays open whether a batch exists; the run does not wait for it. */
    record TellLeftOpen() implements Immediate {}

    /** Nothing is left to do. */
    record End() implements Immediate {}

    /** The run cannot go on. */
    record Fail(RuntimeException reason) implements Immediate {}
}
