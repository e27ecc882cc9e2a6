package dev.nightmail.core.result;

import java.util.List;

/** Appends results to one batch's log. One thread at a time per batch. */
public interface ResultLog extends AutoCloseable {

    /**
     * Appends a group of results with one write and one flush to stable storage.
     *
     * <p>On return the results are on stable storage. After a crash a prefix of the group may
     * remain; opening the batch again keeps it.
     *
     * @param results at least one, in any order, none settled before
     * @return length of the log in bytes, all of it durable
     * @throws dev.nightmail.core.journal.JournalException if storage refused; the tail is then
     *     unknown, and the log takes nothing more until the batch was opened again
     */
    long append(List<SettledRequest> results);

    @Override
    void close();
}
