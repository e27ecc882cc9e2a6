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
     */
    record Submitted(String providerId) implements RelayState {}

    /** All it brought is durable; the provider's copy may be gone. */
    record Collected(String providerId) implements RelayState {}
}
