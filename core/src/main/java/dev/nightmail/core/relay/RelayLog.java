package dev.nightmail.core.relay;

import java.util.List;
import java.util.Set;

/**
 * The records of the relays under way. A request in one of them is out: it must not be sent again.
 * Safe for many threads, one at a time per relay. Methods throw {@link
 * dev.nightmail.core.journal.JournalException} when storage fails.
 */
public interface RelayLog {

    /**
     * All there are, in order of id.
     *
     * @throws dev.nightmail.core.journal.JournalException also if one of them cannot be read: which
     *     requests are out is unknown then, and nothing may be sent
     */
    List<RelayRecord> records();

    /** Makes a record durable, in place of the relay's earlier one. */
    void write(RelayRecord record);

    /** Removes the record of a relay, durably. Repeatable. */
    void remove(RelayId id);

    /** The upstreams to which nothing is sent until a person resumes them. */
    Set<String> held();

    /**
     * Notes, durably, that nothing is sent to an upstream until a person resumes it. Repeatable.
     */
    void hold(String upstream);

    /** Undoes {@link #hold}, durably. Repeatable. */
    void release(String upstream);
}
