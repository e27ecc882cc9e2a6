package dev.nightmail.pipeline.state;

import java.util.Locale;

/** Why a batch's members are free again. */
public enum ReleaseReason {
    /** The endpoint refused the create. */
    REFUSED,
    /** It was never accepted, and nobody waits for it any more. */
    ABANDONED,
    /** The endpoint no longer has it, or no longer has its results. */
    GONE;

    String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
