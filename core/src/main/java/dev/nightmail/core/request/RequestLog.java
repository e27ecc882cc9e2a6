package dev.nightmail.core.request;

/** The requests of one batch, as submitted. Never changes. Safe for many threads. */
public interface RequestLog {

    int size();

    /** Index into {@code BatchHeader.models} of the model that request {@code number} names. */
    int model(int number);

    /** See {@link RequestSummary#inputTokensEstimate}. */
    int inputTokensEstimate(int number);

    /** See {@link RequestSummary#outputTokensMax}. */
    int outputTokensMax(int number);

    /**
     * Reads one request from storage.
     *
     * @throws dev.nightmail.core.journal.JournalException if storage failed or the bytes are not
     *     those that were written
     */
    Request read(int number);
}
