package dev.nightmail.core.batch;

import java.util.List;

/** The answer to a command: what has happened now, or why nothing may. */
public sealed interface Decision {

    /**
     * @param events what happened, in order; none if there was nothing left to do
     */
    record Accepted(List<BatchEvent> events) implements Decision {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    record Refused(Refusal refusal) implements Decision {}

    /** Why a command does not fit the state of the batch. */
    enum Refusal {
        ALREADY_ENDED,
        STILL_PROCESSING,
        NOT_ALL_SETTLED
    }

    static Decision accept(BatchEvent... events) {
        return new Accepted(List.of(events));
    }

    static Decision refuse(Refusal refusal) {
        return new Refused(refusal);
    }
}
