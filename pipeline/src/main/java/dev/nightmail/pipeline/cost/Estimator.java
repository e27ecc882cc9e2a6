package dev.nightmail.pipeline.cost;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Foretells tokens and cost from the length of requests.
 *
 * <p>Input: by length (see {@link TokenEstimate}), or by the endpoint's own count of a sample when
 * there is one. Output: nobody knows before; between a twentieth and all of {@code max_tokens},
 * likely a third, until answers of the same model have been seen. A cached system prompt is written
 * once at best and every time at worst; the documented range of cache hits in batches is 30 % to 98
 * %, so the likely figure takes two thirds.
 */
public final class Estimator {

    private static final double OUTPUT_SHARE_LOW = 0.05;
    private static final double OUTPUT_SHARE_LIKELY = 0.35;
    private static final double CACHE_HITS_LIKELY = 2.0 / 3;

    /** A sample stands for the rest within this much. */
    private static final double SAMPLE_MARGIN = 0.1;

    /**
     * What is known beforehand.
     *
     * @param price null if none is known
     * @param systemBytes of the system prompt, which is part of every request
     * @param cache how long the system prompt is to be cached; null: not
     * @param outputTokensSeen mean of earlier answers
     * @param tokensPerByte of requests the endpoint counted
     */
    public record Basis(
            Billing billing,
            @Nullable ModelPrice price,
            int maxTokens,
            long systemBytes,
            @Nullable CacheTtl cache,
            @Nullable Double outputTokensSeen,
            @Nullable Double tokensPerByte) {}

    private final Basis basis;

    public Estimator(Basis basis) {
        this.basis = basis;
    }

    /**
     * Estimates requests of together so many bytes of params.
     *
     * @param bytes system prompts included
     */
    public CostEstimate estimate(long requests, long bytes) {
        var input = inputTokens(bytes);
        var output = outputTokens(requests);
        return new CostEstimate(
                requests,
                input,
                output,
                cost(requests, bytes, input, output).orElse(null),
                savedMicros(requests, bytes, input, output),
                basisLine());
    }

    /** The likely cost in micro-dollars; 0 when the model's price is not known. */
    public long likelyMicros(long requests, long bytes) {
        return cost(requests, bytes, inputTokens(bytes), outputTokens(requests))
                .map(Range::likely)
                .orElse(0L);
    }

    private Range inputTokens(long bytes) {
        var counted = basis.tokensPerByte();
        if (counted == null) {
            return TokenEstimate.ofBytes(bytes);
        }
        var tokens = bytes * counted;
        return new Range(
                (long) (tokens * (1 - SAMPLE_MARGIN)),
                (long) Math.ceil(tokens),
                (long) Math.ceil(tokens * (1 + SAMPLE_MARGIN)));
    }

    private Range outputTokens(long requests) {
        var most = (double) basis.maxTokens();
        var seen = basis.outputTokensSeen();
        var likely = seen == null ? Math.max(1, most * OUTPUT_SHARE_LIKELY) : Math.min(seen, most);
        var least = seen == null ? Math.max(1, most * OUTPUT_SHARE_LOW) : likely * 0.8;
        return new Range(
                (long) (requests * Math.min(least, likely)),
                (long) Math.ceil(requests * likely),
                (long) (requests * most));
    }

    /** What calls would cost more; nothing is known of it where nobody said that a batch pays. */
    private @Nullable Long savedMicros(long requests, long bytes, Range input, Range output) {
        if (basis.billing() != Billing.BATCH) {
            return null;
        }
        var batch = cost(Billing.BATCH, requests, bytes, input, output);
        return cost(Billing.STANDARD, requests, bytes, input, output)
                .map(calls -> calls.likely() - batch.orElseThrow().likely())
                .orElse(null);
    }

    private Optional<Range> cost(long requests, long bytes, Range input, Range output) {
        return cost(basis.billing(), requests, bytes, input, output);
    }

    private Optional<Range> cost(
            Billing billing, long requests, long bytes, Range input, Range output) {
        if (billing == Billing.FREE) {
            return Optional.of(Range.NOTHING);
        }
        var price = basis.price();
        if (price == null || requests == 0) {
            return price == null ? Optional.empty() : Optional.of(Range.NOTHING);
        }
        var step = price.stepOf(input.likely() / requests);
        var prices = billing.prices(price, step);
        var systemShare = basis.cache() == null ? 0 : systemShare(requests, bytes);
        return Optional.of(
                new Range(
                        prices.costMicros(
                                usage(input.low(), output.low(), systemShare, 1 - 1.0 / requests)),
                        prices.costMicros(
                                usage(
                                        input.likely(),
                                        output.likely(),
                                        systemShare,
                                        likelyHits(requests))),
                        prices.costMicros(usage(input.high(), output.high(), systemShare, 0))));
    }

    private Usage usage(long input, long output, double cachedShare, double hits) {
        var cacheable = (long) (input * cachedShare);
        return cached(input - cacheable, output, cacheable, hits, basis.cache());
    }

    /**
     * Usage of requests that have a cached prefix.
     *
     * @param input all tokens but the prefix's
     * @param cacheable those of the prefix
     * @param hits the share of requests that find it
     */
    static Usage cached(
            long input, long output, long cacheable, double hits, @Nullable CacheTtl ttl) {
        var read = (long) (cacheable * hits);
        var written = cacheable - read;
        return ttl == CacheTtl.ONE_HOUR
                ? new Usage(input, output, 0, written, read)
                : new Usage(input, output, written, 0, read);
    }

    /** The first request of all writes it. */
    static double likelyHits(long requests) {
        return requests == 0 ? 0 : Math.min(CACHE_HITS_LIKELY, 1 - 1.0 / requests);
    }

    private double systemShare(long requests, long bytes) {
        return Math.min(1, (double) basis.systemBytes() * requests / Math.max(1, bytes));
    }

    private String basisLine() {
        return (basis.tokensPerByte() == null
                        ? "input estimated from text length"
                        : "input counted by the endpoint on a sample")
                + (basis.outputTokensSeen() == null
                        ? ", output from max_tokens"
                        : ", output from the answers so far");
    }
}
