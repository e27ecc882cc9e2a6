package dev.nightmail.journal.record;

import java.io.IOException;

/** A batch.json that cannot be read; the message continues "batch.json of batch …". */
final class UnreadableRecord extends IOException {

    UnreadableRecord(String message) {
        super(message);
    }

    UnreadableRecord(String message, Throwable cause) {
        super(message, cause);
    }
}
