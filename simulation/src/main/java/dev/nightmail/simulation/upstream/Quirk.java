package dev.nightmail.simulation.upstream;

/** What a provider of batches does, now and then, that it should not; or a person does there. */
public enum Quirk {
    /** The requests of a batch are not counted at once, nor in full. */
    COUNTS_LATE,
    /**
     * The results have other lines for an answered request, before it or after, and foreign ones.
     */
    DOUBLE_LINES,
    /** A create is answered with the id of a batch that does not exist. */
    WRONG_IDS,
    /** Somebody cancels our batches at the provider's console. */
    PERSON_CANCELS,
    /** Lines that are no JSON, for a while; and results that say nothing of what was paid. */
    UNREADABLE_RESULTS,
    /** The list repeats itself, has empty pages, or entries without a time or a name. */
    ODD_LISTS,
    /** A batch is said to be archived, or shown as another one, while its results are there. */
    ODD_LOOKS
}
