package dev.nightmail.pipeline.client;

/**
 * {@code processing_status} on the wire. A word we do not know counts as still running: clients of
 * this API must bear new ones.
 */
public enum BatchStatus {
    IN_PROGRESS,
    CANCELING,
    ENDED;

    static BatchStatus ofWire(String word) {
        return switch (word) {
            case "ended" -> ENDED;
            case "canceling" -> CANCELING;
            default -> IN_PROGRESS;
        };
    }
}
