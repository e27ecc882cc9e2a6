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
     * Passes an interactive exchange through: the upstream's own status and bytes, as they come. A
     * failure becomes an error response of the wire's shape in {@code sink}; once bytes have been
     * passed on, it breaks it off ({@link AnswerSink#abort}). Only where nothing could be sent is
     * the sink left as it was.
     *
     * @return {@link ForwardOutcome.Unreachable} if the sink is untouched and still wants an answer
     * @throws InterruptedException if the client or the server went away
     */
    ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException;

    @Override
    void close();
}
