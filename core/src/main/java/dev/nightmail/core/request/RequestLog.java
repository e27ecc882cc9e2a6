package dev.nightmail.core.request;

/** The requests of one batch, as submitted. Never changes. Safe for many threads. */
public interface RequestLog extends RequestFacts {

    /**
     * Reads one request from storage.
     *
     * @throws dev.nightmail.core.journal.JournalException if storage failed or the bytes are not
     *     those that were written
     */
    Request read(int number);
}
