package dev.nightmail.pipeline.client;

import dev.nightmail.pipeline.cost.Billing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model, as an endpoint describes it.
 *
 * @param maxTokens the most it writes in one answer; null if that is not told
 * @param inputTokensMax the most it reads; null if that is not told
 * @param simulated whether the answers are made up: a simulator told of the model
 * @param billing what its answers are billed at, in the endpoint's own word; null if that is not
 *     told
 */
public record ModelSeen(
        @Nullable Integer maxTokens,
        @Nullable Integer inputTokensMax,
        boolean simulated,
        @Nullable String billing) {

    /**
     * What an endpoint bills for the answers of a model. The one judgement of it: whoever asks,
     * estimates or sums up goes by it.
     *
     * @param seen what it says of the model; empty if it says nothing
     */
    public static Billing billing(Endpoint endpoint, Optional<ModelSeen> seen) {
        return endpoint.billing().or(() -> seen.map(ModelSeen::told)).orElse(Billing.ASSUMED);
    }

    private Billing told() {
        return simulated
                ? Billing.SIMULATED
                : Optional.ofNullable(billing).flatMap(Billing::told).orElse(Billing.ASSUMED);
    }

    /** What it says of its billing, if that is no word known here. */
    public Optional<String> strangeBilling() {
        return Optional.ofNullable(billing).filter(word -> Billing.told(word).isEmpty());
    }
}
