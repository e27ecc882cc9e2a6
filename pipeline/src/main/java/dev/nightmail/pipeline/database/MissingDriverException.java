package dev.nightmail.pipeline.database;

/** There is no driver for a kind of database; the message names the jar and where it goes. */
final class MissingDriverException extends RuntimeException {
    MissingDriverException(String message) {
        super(message);
    }
}
