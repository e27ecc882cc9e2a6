package dev.nightmail.core.batch;

import java.util.Locale;

/** What the states of a batch are called where they are kept: in batch.json and in SQL. */
public enum StateName {
    IN_PROGRESS,
    CANCELING,
    ENDED,
    ARCHIVED;

    public static StateName of(BatchState state) {
        return switch (state) {
            case BatchState.InProgress _ -> IN_PROGRESS;
            case BatchState.Canceling _ -> CANCELING;
            case BatchState.Ended _ -> ENDED;
            case BatchState.Archived _ -> ARCHIVED;
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if no state is called so
     */
    public static StateName parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
