package dev.nightmail.core.schedule;

import dev.nightmail.core.upstream.Headroom.Limit;

/** What has flown into the buckets of an upstream's limits, less what was taken from them. */
record Flows(double requests, double tokens, double inputTokens, double outputTokens) {

    static final Flows NONE = new Flows(0, 0, 0, 0);

    static Flows of(Cost cost) {
        return new Flows(
                cost.of(Limit.REQUESTS),
                cost.of(Limit.TOKENS),
                cost.of(Limit.INPUT_TOKENS),
                cost.of(Limit.OUTPUT_TOKENS));
    }

    /** So much of one limit, and nothing of the others. */
    static Flows of(Limit limit, double amount) {
        return switch (limit) {
            case REQUESTS -> new Flows(amount, 0, 0, 0);
            case TOKENS -> new Flows(0, amount, 0, 0);
            case INPUT_TOKENS -> new Flows(0, 0, amount, 0);
            case OUTPUT_TOKENS -> new Flows(0, 0, 0, amount);
        };
    }

    double of(Limit limit) {
        return switch (limit) {
            case REQUESTS -> requests;
            case TOKENS -> tokens;
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS -> outputTokens;
        };
    }

    /** The same but for one limit. */
    Flows with(Limit limit, double amount) {
        return plus(of(limit, amount - of(limit)));
    }

    Flows plus(Flows other) {
        return new Flows(
                requests + other.requests,
                tokens + other.tokens,
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens);
    }

    Flows minus(Flows other) {
        return new Flows(
                requests - other.requests,
                tokens - other.tokens,
                inputTokens - other.inputTokens,
                outputTokens - other.outputTokens);
    }
}
