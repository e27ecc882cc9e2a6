package dev.nightmail.engine.relay;

/** What a relay under way is told. */
enum Signal {
    /** The last group of outcomes has been taken. */
    MORE,
    /** Nobody wants what is left of it. */
    CANCEL,
    /** Its outcomes are wanted once more. */
    COLLECT,
    /** All it brought is durable. */
    CLOSE,
    /** The server stops; the next start goes on with it. */
    STOP
}
