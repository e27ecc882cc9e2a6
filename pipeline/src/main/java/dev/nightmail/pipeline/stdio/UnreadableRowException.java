package dev.nightmail.pipeline.stdio;

/** One row cannot be read; the message is the reason, and quotes nothing of it. */
final class UnreadableRowException extends Exception {
    UnreadableRowException(String message) {
        super(message);
    }
}
