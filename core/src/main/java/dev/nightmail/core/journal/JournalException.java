package dev.nightmail.core.journal;

/**
 * Storage failed under the journal. The message says what was being done to which batch, never what
 * it holds.
 */
public class JournalException extends RuntimeException {

    public JournalException(String message) {
        super(message);
    }

    public JournalException(String message, Throwable cause) {
        super(message, cause);
    }
}
