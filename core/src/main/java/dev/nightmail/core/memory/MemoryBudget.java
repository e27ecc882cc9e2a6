package dev.nightmail.core.memory;

/**
 * Memory for bodies that are held whole, shared by all calls. What is held without being counted
 * here is small and of fixed size. Safe for many threads.
 */
public interface MemoryBudget {

    /** Where memory is no matter: nothing is counted, nobody waits. */
    MemoryBudget UNLIMITED = _ -> MemoryShare.UNCOUNTED;

    /**
     * A share of a call, empty at first.
     *
     * @param holder on whose behalf, such as a key: none gets all of the budget
     */
    MemoryShare open(String holder);
}
