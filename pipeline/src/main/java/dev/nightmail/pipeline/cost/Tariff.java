package dev.nightmail.pipeline.cost;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the answers of a model cost at an endpoint. Estimates, budgets and accounts go by the same.
 */
public record Tariff(Billing billing, String model, PriceList prices) {

    public Optional<ModelPrice> price() {
        return prices.of(model);
    }

    /** Whether answers cost something, and nobody knows how much. */
    public boolean isUnpriced() {
        return billing.charges() && price().isEmpty();
    }

    /** Which price it is, as in "at Anthropic's batch price". */
    public String words() {
        var kind = billing == Billing.STANDARD ? "standard price" : "batch price";
        return prices.isNamed(model)
                ? "the " + kind + " of " + Path.of(prices.source()).getFileName()
                : "Anthropic's " + kind;
    }

    /** Whether the price rests on nothing the endpoint or the author said. */
    public boolean isAssumed() {
        return billing == Billing.ASSUMED && !prices.isNamed(model) && price().isPresent();
    }
}
