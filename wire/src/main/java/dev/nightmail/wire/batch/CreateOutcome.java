package dev.nightmail.wire.batch;

import dev.nightmail.wire.error.ErrorMeaning;
import java.util.Set;

/**
 * What the answer to a create says became of it. Three things can be known: a batch was made, since
 * its description came; none was made, since the service said so in its own words; or whoever
 * stands in between took the body for too large, so that it reached nobody. Everything else may
 * have come after the batch was there, and been paid for: the page of a proxy, a redirect, a fault.
 * A call without an answer is its client's to judge, who knows whether it left.
 *
 * <p>It is of one call. Where an earlier call of the same create was in doubt, a later one that was
 * not taken says nothing of the earlier.
 */
public sealed interface CreateOutcome {

    /** The batch is there, under whatever status of success and content type it was described. */
    record Made(BatchSeen batch) implements CreateOutcome {}

    /**
     * None was made, and not because of what was sent: the same may be sent again. The service said
     * in its own words that it takes nothing of us now: no room, no money, a wrong key.
     */
    record TurnedAway(ErrorMeaning meaning) implements CreateOutcome {}

    /**
     * None was made, and the same would be refused again.
     *
     * @param meaning what the service says; a 413 may be in anybody's words
     * @param positions of those requests that are at fault, counted from 0 as they stand in the
     *     body; empty if it names none
     */
    record Refused(ErrorMeaning.OfRequest meaning, Set<Integer> positions)
            implements CreateOutcome {
        public Refused {
            positions = Set.copyOf(positions);
        }
    }

    /** It may have been made or not. It is to be looked for before it is sent again. */
    sealed interface InDoubt extends CreateOutcome {

        /** What happened, in words for the log. */
        String reason();
    }

    /** A success without a batch in it: a page, or half an answer. */
    record NoBatch(int status) implements InDoubt {
        @Override
        public String reason() {
            return "status " + status + ", no batch";
        }
    }

    /** Not in the service's own words, or a fault that may have come after the work. */
    record Unproven(ErrorMeaning meaning) implements InDoubt {
        @Override
        public String reason() {
            return "status " + meaning.status();
        }
    }
}
