package dev.nightmail.core.key;

import java.util.Locale;
import java.util.Set;

/** What a key may do. */
public enum Scope {
    /** Create, cancel and delete batches; send messages; count tokens. */
    SUBMIT,
    /** Look at batches and download results. */
    READ,
    /** Everything, and the administrative endpoints. */
    ADMIN;

    /** Whether whoever was granted these may do it. */
    public boolean isIn(Set<Scope> granted) {
        return granted.contains(ADMIN) || granted.contains(this);
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
