package dev.nightmail.pipeline.cost;

/** What the tokens of a model cost in a batch, by kind. */
public record BatchPrice(
        TokenPrice input,
        TokenPrice output,
        TokenPrice cacheWrite5m,
        TokenPrice cacheWrite1h,
        TokenPrice cacheRead) {

    public long costMicros(Usage usage) {
        return input.costMicros(usage.input())
                + output.costMicros(usage.output())
                + cacheWrite5m.costMicros(usage.cacheWrite5m())
                + cacheWrite1h.costMicros(usage.cacheWrite1h())
                + cacheRead.costMicros(usage.cacheRead());
    }
}
