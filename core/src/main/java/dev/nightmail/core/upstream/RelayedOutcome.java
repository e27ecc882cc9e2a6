package dev.nightmail.core.upstream;

/** What became of one request in a provider's batch. */
public sealed interface RelayedOutcome {

    /** The provider tried it: the same cases as for a call. */
    record Tried(AttemptOutcome outcome) implements RelayedOutcome {}

    /** The batch was canceled before it was tried. It cost nothing. */
    record Canceled() implements RelayedOutcome {}

    /** The provider's own time for the batch ran out before it was tried. It cost nothing. */
    record Expired() implements RelayedOutcome {}

    /** It was never sent: it could not be read. */
    record Unread() implements RelayedOutcome {}
}
