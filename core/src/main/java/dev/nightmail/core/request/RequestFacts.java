package dev.nightmail.core.request;

/**
 * What is known of a batch's requests without reading them: held in memory, answered at once. Safe
 * for many threads.
 */
public interface RequestFacts {

    int size();

    /** Index into {@code BatchHeader.models} of the model that request {@code number} names. */
    int model(int number);

    /** See {@link RequestSummary#inputTokensEstimate}. */
    int inputTokensEstimate(int number);

    /** See {@link RequestSummary#outputTokensMax}. */
    int outputTokensMax(int number);

    /** Which prompts begin alike. */
    Prefixes prefixes();

    /** Length of its line in the log: at most so many bytes its params take. */
    int lineBytes(int number);
}
