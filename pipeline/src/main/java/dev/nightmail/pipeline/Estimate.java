package dev.nightmail.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What a run would send and cost. Records that have an answer already cost nothing, so the figures
 * are for the rest.
 *
 * @param records of the source
 * @param answered of them, with an answer already
 * @param unusable of them, which cannot be asked
 * @param requests to be sent
 * @param inputTokens of these requests, cached ones included
 * @param outputTokens of their answers
 * @param costMicros at batch prices, in micro-dollars (1 USD is 1,000,000); null if no price of the
 *     model is known
 * @param spentMicros what earlier runs of the pipeline cost; null likewise
 * @param basis what the figures rest on, in a sentence
 */
public record Estimate(
        long records,
        long answered,
        long unusable,
        long requests,
        Amount inputTokens,
        Amount outputTokens,
        @Nullable Amount costMicros,
        @Nullable Long spentMicros,
        String basis) {}
