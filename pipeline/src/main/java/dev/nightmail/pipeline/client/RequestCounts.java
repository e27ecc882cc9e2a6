package dev.nightmail.pipeline.client;

/**
 * How many requests of a batch stand where. Anthropic counts all as processing until the batch has
 * ended; Nightmail counts live.
 */
public record RequestCounts(
        long processing, long succeeded, long errored, long canceled, long expired) {

    public static final RequestCounts NONE = new RequestCounts(0, 0, 0, 0, 0);

    public long total() {
        return processing + succeeded + errored + canceled + expired;
    }

    public long settled() {
        return total() - processing;
    }
}
