package dev.nightmail.engine.relay;

import java.time.Duration;

/**
 * How relays to one provider are followed.
 *
 * @param pollMin between the first looks at a provider's batch; it doubles from there
 * @param pollMax between later ones
 * @param settling for which a batch that may have been made is looked for in vain, before it is
 *     taken for never made
 * @param deletesCollected whether the provider's copy is deleted when all of it is durable here
 */
public record RelaySettings(
        Duration pollMin, Duration pollMax, Duration settling, boolean deletesCollected) {

    public static final RelaySettings STANDARD =
            new RelaySettings(
                    Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(2), false);

    public RelaySettings {
        if (pollMin.isNegative() || pollMin.isZero() || pollMax.compareTo(pollMin) < 0) {
            throw new IllegalArgumentException("expected 0 < poll-min <= poll-max");
        }
    }
}
