package dev.nightmail.core.usage;

import java.util.Locale;

/**
 * What whoever runs this server is billed for the answers of an upstream, as far as its
 * configuration tells; from the cheapest to the dearest. An answer that is there says for itself
 * ({@link ServiceTier}).
 */
public enum AnswerBilling {
    /** Nothing: they are made up. */
    SIMULATED,
    /** Nothing: they come from machines of one's own. */
    FREE,
    /** The price of a batch. */
    BATCH,
    /** The price of a call. */
    STANDARD;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
