package dev.nightmail.pipeline.cost;

import org.jspecify.annotations.Nullable;

/**
 * What sending some requests will take. An estimate, and called so wherever it is shown.
 *
 * @param inputTokens all tokens of the prompts, cached ones included
 * @param costMicros at the price the endpoint bills at, in micro-dollars, or would if it did not
 *     make its answers up; null when the model's price is not known
 * @param savedMicros what a call for each request would likely cost more; null where that is not
 *     known, or it is no batch that is billed
 * @param basis one line for the reader: what the figures rest on
 */
public record CostEstimate(
        long requests,
        Range inputTokens,
        Range outputTokens,
        @Nullable Range costMicros,
        @Nullable Long savedMicros,
        String basis) {}
