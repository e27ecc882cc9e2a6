package dev.nightmail.core.relay;

/**
 * How far a relay is known to have come. Each is durable before the next step is taken that the
 * provider sees.
 */
public sealed interface RelayState {

    /** It is about to be submitted, or was: nobody knows, until the provider was asked. */
    record Intended() implements RelayState {}

    /**
     * The provider has it.
     *
     * @param providerId what the provider calls it
     * @param cancelAsked whether we have asked the provider to cancel it, or were about to: what
     *     comes back canceled otherwise was canceled by somebody else
     */
    record Submitted(String providerId, boolean cancelAsked) implements RelayState {

        /** Submitted, and wanted. */
        public Submitted(String providerId) {
            this(providerId, false);
        }
    }

    /** All it brought is durable; the provider's copy may be gone. */
    record Collected(String providerId) implements RelayState {}
}
