package dev.nightmail.journal.record;

import java.util.Locale;

/** The states of a batch as batch.json names them. */
enum StateName {
    IN_PROGRESS,
    CANCELING,
    ENDED,
    ARCHIVED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static StateName parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
