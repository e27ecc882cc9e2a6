package dev.nightmail.catalog.batch;

import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.batch.BatchState.Archived;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.Ended;
import dev.nightmail.core.batch.BatchState.InProgress;
import java.util.Locale;

/** The states of a batch as the table names them. */
enum StateName {
    IN_PROGRESS,
    CANCELING,
    ENDED,
    ARCHIVED;

    static StateName of(BatchState state) {
        return switch (state) {
            case InProgress _ -> IN_PROGRESS;
            case Canceling _ -> CANCELING;
            case Ended _ -> ENDED;
            case Archived _ -> ARCHIVED;
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static StateName parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
