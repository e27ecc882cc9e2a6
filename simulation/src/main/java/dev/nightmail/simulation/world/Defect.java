package dev.nightmail.simulation.world;

/** What is wrong on purpose, so that one can see the simulation find it. */
public enum Defect {
    NONE,
    /** Flushes do nothing and say that all went well. */
    DISK_LIES,
    /** The journal says that results are durable before they are. */
    JOURNAL_HURRIES,
    /** The journal answers a request with what belongs to another. */
    JOURNAL_MIXES_UP,
    /** The journal does not say how often requests were tried before. */
    JOURNAL_FORGETS_ATTEMPTS,
    /** Some updates of rows do not happen. */
    CATALOG_LOSES_UPDATES,
    /** The ledger takes what it has already. */
    LEDGER_CHARGES_TWICE,
    /** An interactive call is told at once that batches left no place for it. */
    REFUSALS_PASSED_ON
}
