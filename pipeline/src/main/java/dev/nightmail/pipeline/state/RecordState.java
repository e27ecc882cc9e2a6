package dev.nightmail.pipeline.state;

import java.util.Locale;

/** Where a record stands. */
public enum RecordState {
    /** A batch has it: one that is prepared, on its way, or not collected yet. */
    CARRIED,
    /** To go into a batch again; the file of its last batch has its request. */
    OUTSTANDING,
    /** What it is asked is answered. */
    DONE,
    /** Set aside with a reason. */
    FAILED,
    /** Its batch was canceled; the next run takes it up. */
    CANCELED;

    private static final RecordState[] ALL = values();

    /** As the table has it. */
    String stored() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RecordState ofStored(String stored) {
        for (var state : ALL) {
            if (state.stored().equals(stored)) {
                return state;
            }
        }
        throw new StateException(
                "the state file has a record in the state \"" + stored + "\", which there is not",
                null);
    }
}
