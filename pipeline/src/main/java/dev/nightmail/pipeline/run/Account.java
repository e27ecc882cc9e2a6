package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Usage;
import dev.nightmail.pipeline.state.Spent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Money for tokens: sums of tokens by model, billing and price step, priced once, so that rounding
 * never adds up. Each is priced as its endpoint billed it.
 */
record Account(PriceList prices, List<Spent> spent) {

    Account {
        spent = List.copyOf(spent);
    }

    Usage usage() {
        return spent.stream().map(Spent::usage).reduce(Usage.NONE, Usage::plus);
    }

    /**
     * What is or was charged; what is made up or free adds nothing. Null if tokens were spent on a
     * model without a known price.
     */
    @Nullable Long chargedMicros() {
        return micros(spent.stream().filter(part -> part.billing().charges()).toList());
    }

    /** What made-up answers would have cost; null as above. */
    private @Nullable Long simulatedMicros() {
        return micros(spent.stream().filter(part -> part.billing() == Billing.SIMULATED).toList());
    }

    private @Nullable Long micros(List<Spent> parts) {
        long micros = 0;
        for (var part : parts) {
            if (part.usage().equals(Usage.NONE)) {
                continue;
            }
            var price = prices.of(part.model());
            if (price.isEmpty()) {
                return null;
            }
            micros += part.billing().prices(price.get(), part.priceStep()).costMicros(part.usage());
        }
        return micros;
    }

    /**
     * What answers cost that are billed so, in micro-dollars: made-up ones, what they would have
     * cost; all others, what was charged. Null as above.
     */
    @Nullable Long costMicros(Billing billing) {
        return billing == Billing.SIMULATED ? simulatedMicros() : chargedMicros();
    }

    /**
     * What calls would have cost more than the batches that were billed as such; null as above, and
     * if there were none.
     */
    @Nullable Long savedMicros() {
        var batches = spent.stream().filter(part -> part.billing() == Billing.BATCH).toList();
        var paid = micros(batches);
        var called =
                micros(
                        batches.stream()
                                .map(part ->
                                        new Spent(
                                                part.model(),
                                                Billing.STANDARD,
                                                part.priceStep(),
                                                part.usage()))
                                .toList());
        return batches.isEmpty() || paid == null || called == null ? null : called - paid;
    }

    /** The same since an earlier account. */
    @Nullable Long savedMicrosSince(Account earlier) {
        var now = savedMicros();
        var before = earlier.savedMicros();
        return now == null ? null : now - (before == null ? 0 : before);
    }

    /** The same since an earlier account of the same pipeline. */
    @Nullable Long costMicrosSince(Account earlier, Billing billing) {
        var now = costMicros(billing);
        var before = earlier.costMicros(billing);
        return now == null || before == null ? null : now - before;
    }
}
