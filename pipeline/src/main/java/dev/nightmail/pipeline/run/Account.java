package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Usage;
import dev.nightmail.pipeline.state.Spent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Money for tokens: sums of tokens by model and price step, priced once, so that rounding never
 * adds up.
 */
record Account(PriceList prices, List<Spent> spent) {

    Account {
        spent = List.copyOf(spent);
    }

    Usage usage() {
        return spent.stream().map(Spent::usage).reduce(Usage.NONE, Usage::plus);
    }

    /** Null if tokens were spent on a model without a known price. */
    @Nullable Long costMicros() {
        long micros = 0;
        for (var part : spent) {
            if (part.usage().equals(Usage.NONE)) {
                continue;
            }
            var price = prices.of(part.model());
            if (price.isEmpty()) {
                return null;
            }
            micros += price.get().price(part.priceStep()).costMicros(part.usage());
        }
        return micros;
    }

    /** Micro-dollars since an earlier account of the same pipeline; null as above. */
    @Nullable Long costMicrosSince(Account earlier) {
        var now = costMicros();
        var before = earlier.costMicros();
        return now == null || before == null ? null : now - before;
    }
}
