package dev.nightmail.journal.record;

import java.io.IOException;

/** A record that cannot be read; the message continues the name of its file. */
public final class UnreadableRecord extends IOException {

    public UnreadableRecord(String message) {
        super(message);
    }

    public UnreadableRecord(String message, Throwable cause) {
        super(message, cause);
    }
}
