package dev.nightmail.simulation.fault;

/** A kind of failure. A run has some of them, each as often as its plan says. */
public enum Fault {
    /** A write is refused, perhaps after a part of it. */
    WRITE_ERROR,
    /** A flush fails; what it was to flush is on the disk in part, and nobody tries again. */
    FORCE_ERROR,
    /** A name cannot be made, moved, removed or flushed. */
    NAME_ERROR,
    READ_ERROR,
    /** The disk stands still for a while, up to minutes. */
    DISK_STALLS,
    /** The system writes back dirty pages on its own, in an order of its own. */
    WRITE_BACK,
    /** The catalog fails before the commit: nothing was done. */
    CATALOG_ERROR,
    /** The catalog fails after the commit: it was done all the same. */
    COMMIT_UNHEARD,
    /** The catalog is busy for a while. */
    CATALOG_STALLS,
    /** 500 and the like; or the connection breaks, and the work was done or not. */
    CALL_FAILS,
    /** 429, 529. */
    CALL_THROTTLED,
    CALL_REFUSED,
    /** No connection. */
    CALL_UNREACHABLE,
    /** The credential is refused. */
    CALL_BARRED,
    /** No answer at all; only calling it off ends it. */
    CALL_HANGS,
    /** Calling it off does not end it at once, and an answer comes that nobody waits for. */
    CALL_DEAF,
    /** The adapter has a defect and throws. */
    CALL_BREAKS,
    /** Every call for this request fails. */
    REQUEST_POISONED,
    /** Every call for this request is refused as if our credential were not accepted. */
    REQUEST_BARRED,
    /** Every answer to this request is one that nobody can use, and was paid for. */
    REQUEST_UNUSABLE
}
