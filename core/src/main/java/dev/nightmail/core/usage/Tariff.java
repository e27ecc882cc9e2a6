package dev.nightmail.core.usage;

import java.util.Comparator;

/**
 * All that decides what a token costs, given a list of prices: tokens of one tariff may be added up
 * and priced together, others not.
 *
 * @param model as the request named it
 * @param promptTokensOver every prompt had more tokens than this, cached ones included, and not
 *     more than the next such bound: some models cost more per token for longer prompts
 */
public record Tariff(String model, Billing billing, long promptTokensOver)
        implements Comparable<Tariff> {

    /**
     * Where a published price changes with the length of the prompt, or did (wire contract, section
     * 8). Sums that are in a ledger stay as they were split: append only.
     */
    private static final long[] BOUNDS = {200_000, 100_000};

    private static final Comparator<Tariff> ORDER =
            Comparator.comparing(Tariff::model)
                    .thenComparing(Tariff::billing)
                    .thenComparingLong(Tariff::promptTokensOver);

    /** The tariff of one answer. */
    public static Tariff of(String model, Billing billing, Usage usage) {
        long promptTokens = usage.promptTokens();
        for (long bound : BOUNDS) {
            if (promptTokens > bound) {
                return new Tariff(model, billing, bound);
            }
        }
        return new Tariff(model, billing, 0);
    }

    @Override
    public int compareTo(Tariff other) {
        return ORDER.compare(this, other);
    }
}
