package dev.nightmail.core.key;

import java.util.Locale;

/** What a key may do. */
public enum Scope {
    /** Create, cancel and delete batches; send messages; count tokens. */
    SUBMIT,
    /** Look at batches and download results. */
    READ,
    /** Everything, and the administrative endpoints. */
    ADMIN;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
