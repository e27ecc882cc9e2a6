package dev.nightmail.app.command;

import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Tariff;
import dev.nightmail.pipeline.cost.ModelPrice;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.TokenPrices;
import dev.nightmail.pipeline.cost.Usage;
import java.time.LocalDate;
import java.util.OptionalLong;

/**
 * What usage cost, by a list of prices and on the terms on which each answer was billed. A model
 * that has no known price has no cost: the figure is left out, not guessed.
 */
final class UsageCost {

    private final PriceList prices;

    UsageCost(PriceList prices) {
        this.prices = prices;
    }

    LocalDate pricesOf() {
        return prices.date();
    }

    /**
     * @return in micro-dollars, rounded up
     */
    OptionalLong micros(Tally tally) {
        return switch (tally.tariff().billing().tier()) {
            case SIMULATED, FREE -> OptionalLong.of(0);
            case UNREPORTED -> OptionalLong.empty();
            case STANDARD, PRIORITY, BATCH, UNKNOWN ->
                    prices.of(tally.tariff().model())
                            .map(price -> OptionalLong.of(micros(tally, price)))
                            .orElseGet(OptionalLong::empty);
        };
    }

    private static long micros(Tally tally, ModelPrice price) {
        long micros = prices(tally.tariff(), price).costMicros(usage(tally));
        // A tenth more under inference_geo: us (wire contract, section 1.7).
        return tally.tariff().billing().inUsOnly()
                ? Math.ceilDiv(Math.multiplyExact(micros, 11L), 10L)
                : micros;
    }

    private static TokenPrices prices(Tariff tariff, ModelPrice price) {
        int step = price.stepOf(tariff.promptTokensOver() + 1);
        return switch (tariff.billing().tier()) {
            case BATCH -> price.price(step);
            // Priority capacity is paid for in advance; its tokens are shown at the standard price.
            case STANDARD, PRIORITY, SIMULATED, FREE, UNREPORTED, UNKNOWN ->
                    price.standardPrice(step);
        };
    }

    private static Usage usage(Tally tally) {
        var used = tally.usage();
        return new Usage(
                used.input(),
                used.output(),
                used.cacheCreation5m(),
                used.cacheCreation1h(),
                used.cacheRead());
    }
}
