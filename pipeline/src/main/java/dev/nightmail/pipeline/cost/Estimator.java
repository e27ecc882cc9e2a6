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

    private Optional<Range> cost(long requests, long bytes, Range input, Range output) {
        if (basis.billing() == Billing.FREE) {
            return Optional.of(Range.NOTHING);
        }
        var price = basis.price();
        if (price == null || requests == 0) {
            return price == null ? Optional.empty() : Optional.of(Range.NOTHING);
        }
        var step = price.stepOf(input.likely() / requests);
        var prices = basis.billing().prices(price, step);
        var systemShare =
                basis.cache() == null
                        ? 0
                        : Math.min(1, (double) basis.systemBytes() * requests / Math.max(1, bytes));
        return Optional.of(
                new Range(
                        prices.costMicros(
                                usage(input.low(), output.low(), systemShare, 1 - 1.0 / requests)),
                        prices.costMicros(
                                usage(
                                        input.likely(),
                                        output.likely(),
                                        systemShare,
                                        Math.min(CACHE_HITS_LIKELY, 1 - 1.0 / requests))),
                        prices.costMicros(usage(input.high(), output.high(), systemShare, 0))));
    }

    private Usage usage(long input, long output, double cachedShare, double hits) {
        var cacheable = (long) (input * cachedShare);
        var read = (long) (cacheable * hits);
        var written = cacheable - read;
        return basis.cache() == CacheTtl.ONE_HOUR
                ? new Usage(input - cacheable, output, 0, written, read)
                : new Usage(input - cacheable, output, written, 0, read);
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
