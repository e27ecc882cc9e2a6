package dev.nightmail.pipeline.client;

import java.util.Locale;

/** What a server may do beyond the Message Batches API. A Nightmail server says so itself. */
public enum Extension {
    /** A create sent twice with one {@code Idempotency-Key} makes one batch. */
    IDEMPOTENCY_KEY,
    /** Results can be read while the batch runs. */
    PARTIAL_RESULTS,
    /** Progress is told as it happens. */
    EVENTS;

    /** As it is called in the header that names what a server does. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
