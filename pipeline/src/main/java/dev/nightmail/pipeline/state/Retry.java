package dev.nightmail.pipeline.state;

/** Which of a record's counters a retry counts on. */
public enum Retry {
    AFTER_TRANSIENT_ERROR("transient_count"),
    AFTER_EXPIRY("expired_count");

    private final String column;

    Retry(String column) {
        this.column = column;
    }

    String column() {
        return column;
    }
}
