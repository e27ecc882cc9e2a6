package dev.nightmail.core.upstream;

/**
 * A service that answers requests. Safe for many threads. Both methods block the calling (virtual)
 * thread; an interrupt ends them.
 */
public interface Upstream extends AutoCloseable {

    /**
     * As it is called in the configuration, in logs, in metrics and on the bill. At most {@link
     * dev.nightmail.core.usage.Billing#UPSTREAM_LENGTH_MAX} characters.
     */
    String name();

    /**
     * Answers one request of a batch. Never throws for what the service or the network does: that
     * is an outcome.
     *
     * @throws InterruptedException if the attempt was called off; whether the service did the work
     *     is then unknown
     */
    AttemptOutcome attempt(Call call) throws InterruptedException;

    /**
     * Passes an interactive exchange through: the upstream's own status and bytes, as they come. An
     * error, the upstream's or that of reaching it, is a value ({@link ForwardOutcome.Refused}) and
     * leaves the sink as it was; it has the wire's shape. What breaks off once bytes have been
     * passed on is {@linkplain AnswerSink#breakOff broken off}.
     *
     * @throws InterruptedException if the client or the server went away
     */
    ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException;

    @Override
    void close();
}
