package dev.nightmail.core.memory;

/** Somebody outside from whom bytes come that are held in memory. Safe for many threads. */
public interface SlowSource {

    /** Whether it takes longer than it may while others wait for the memory. Does not wait. */
    boolean isLate();

    /** Breaks it off; the call then ends by itself. Does not wait. */
    void end();
}
