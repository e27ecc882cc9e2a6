package dev.nightmail.core.result;

/** How many requests of a batch stand where. The five always add up to the batch's size. */
public record RequestCounts(int processing, int succeeded, int errored, int canceled, int expired) {

    public RequestCounts {
        if (processing < 0) {
            throw new IllegalArgumentException("more results than requests");
        }
        if (succeeded < 0 || errored < 0 || canceled < 0 || expired < 0) {
            throw new IllegalArgumentException("a count below zero");
        }
    }

    /** The counts of a batch none of whose requests is settled. */
    public static RequestCounts processing(int requests) {
        return new RequestCounts(requests, 0, 0, 0, 0);
    }

    public RequestCounts settle(ResultType type) {
        return switch (type) {
            case SUCCEEDED ->
                    new RequestCounts(processing - 1, succeeded + 1, errored, canceled, expired);
            case ERRORED ->
                    new RequestCounts(processing - 1, succeeded, errored + 1, canceled, expired);
            case CANCELED ->
                    new RequestCounts(processing - 1, succeeded, errored, canceled + 1, expired);
            case EXPIRED ->
                    new RequestCounts(processing - 1, succeeded, errored, canceled, expired + 1);
        };
    }

    public int total() {
        return processing + succeeded + errored + canceled + expired;
    }

    public boolean allSettled() {
        return processing == 0;
    }
}
