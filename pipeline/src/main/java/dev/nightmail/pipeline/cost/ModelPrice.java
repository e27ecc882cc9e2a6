package dev.nightmail.pipeline.cost;

import java.util.List;

/**
 * A model's prices, from the shortest prompts to the longest. Most models have one step; longer
 * prompts of some cost more per token.
 */
public record ModelPrice(List<Step> steps) {

    /**
     * Standard prices, and those of a batch, for prompts of up to {@code promptTokensMax} tokens,
     * cached ones included.
     */
    public record Step(long promptTokensMax, TokenPrices standard, TokenPrices batch) {

        /** A batch pays half, as at Anthropic. */
        public Step(long promptTokensMax, TokenPrices standard) {
            this(promptTokensMax, standard, standard.half());
        }
    }

    public ModelPrice {
        steps = List.copyOf(steps);
        if (steps.isEmpty() || steps.getLast().promptTokensMax() != Long.MAX_VALUE) {
            throw new IllegalArgumentException("the last price step has no end");
        }
    }

    /**
     * Number of the step a prompt of this length falls into, from 0. Sums of tokens are priced step
     * by step.
     */
    public int stepOf(long promptTokens) {
        int step = 0;
        while (promptTokens > steps.get(step).promptTokensMax()) {
            step++;
        }
        return step;
    }

    /** What a batch pays. */
    public TokenPrices price(int step) {
        return at(step).batch();
    }

    /** What a call of the Messages API pays. */
    public TokenPrices standardPrice(int step) {
        return at(step).standard();
    }

    private Step at(int step) {
        // A price list of another release may have fewer steps than the one the tokens were counted
        // under.
        return steps.get(Math.min(step, steps.size() - 1));
    }
}
