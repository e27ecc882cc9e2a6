package dev.nightmail.core.result;

import java.util.Locale;

/**
 * The four ways a request can end. The order is that of the codes in the result index: append only.
 */
public enum ResultType {
    SUCCEEDED,
    ERRORED,
    CANCELED,
    EXPIRED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
