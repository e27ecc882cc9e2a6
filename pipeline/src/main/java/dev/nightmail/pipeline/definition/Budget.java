package dev.nightmail.pipeline.definition;

/** The most a pipeline may spend over all its runs, in micro-dollars (1 USD = 1,000,000). */
public record Budget(long micros) {
    public Budget {
        if (micros < 1) {
            throw new IllegalArgumentException("a budget is more than nothing");
        }
    }
}
