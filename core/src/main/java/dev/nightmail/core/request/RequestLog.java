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

    /**
     * The custom_id under which a request is settled that may never be read again: its own as far
     * as that can be told, else one that no other request of the batch has.
     *
     * @throws dev.nightmail.core.journal.JournalException if storage failed
     */
    CustomId customId(int number);
}
