package dev.nightmail.upstream.http;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.client.Request;
import org.jspecify.annotations.Nullable;

/**
 * One exchange as its caller waits for it. Jetty's threads report how far it has come; the caller's
 * thread keeps every timeout by parking until the earliest that counts in this phase, and looking
 * again. So an exchange that goes well costs one wake-up and no timer of Jetty's.
 */
abstract class ExchangeInFlight implements Request.Listener {

    private final Request request;
    private final HttpSettings settings;
    private final Thread caller = Thread.currentThread();
    private final long callDeadlineNanos;
    private final long shortestLimitNanos;

    private volatile boolean begun;
    private volatile boolean committed;
    private volatile boolean answering;
    private volatile long progressNanos;
    private volatile boolean complete;
    private volatile @Nullable Throwable failure;

    ExchangeInFlight(Request request, HttpCall call, HttpSettings settings) {
        this.request = request;
        this.settings = settings;
        this.callDeadlineNanos = System.nanoTime() + call.timeout().toNanos();
        this.shortestLimitNanos =
                Math.min(settings.responseTimeout().toNanos(), settings.idleTimeout().toNanos());
    }

    @Override
    public final void onBegin(Request begunRequest) {
        progressNanos = System.nanoTime();
        begun = true;
    }

    @Override
    public final void onCommit(Request committedRequest) {
        committed = true;
    }

    @Override
    public final void onSuccess(Request sentRequest) {
        if (!answering) {
            progressNanos = System.nanoTime();
        }
    }

    /** To be called whenever a piece of the answer came in. */
    final void progress() {
        progressNanos = System.nanoTime();
        answering = true;
    }

    final void complete(@Nullable Throwable cause) {
        failure = cause;
        complete = true;
        wakeCaller();
    }

    final void wakeCaller() {
        LockSupport.unpark(caller);
    }

    final boolean isComplete() {
        return complete;
    }

    final @Nullable Throwable failure() {
        return failure;
    }

    /**
     * Parks once, at most until the next timeout.
     *
     * @return the outcome, if that timeout has passed; null if it is time to look again
     */
    final @Nullable HttpOutcome parkOnce() throws InterruptedException {
        long now = System.nanoTime();
        var step = FailedStep.CALL_TIMEOUT;
        long remaining = callDeadlineNanos - now;
        if (!begun) {
            step = FailedStep.CONNECTION_WAIT;
        } else {
            var limit = answering ? settings.idleTimeout() : settings.responseTimeout();
            long untilLimit = progressNanos + limit.toNanos() - now;
            if (untilLimit < remaining) {
                remaining = untilLimit;
                step = answering ? FailedStep.IDLE_TIMEOUT : FailedStep.RESPONSE_TIMEOUT;
            }
        }
        if (remaining <= 0) {
            return giveUp(step, new TimeoutException(step.toString()));
        }
        // Nobody wakes us when a phase changes; but no deadline of a new phase can come sooner.
        LockSupport.parkNanos(this, Math.min(remaining, shortestLimitNanos));
        if (Thread.interrupted()) {
            abort(new InterruptedException());
            throw new InterruptedException("the exchange was called off");
        }
        return null;
    }

    /** Breaks the exchange off and says what that means for the request. */
    final HttpOutcome giveUp(FailedStep step, Throwable cause) {
        abort(cause);
        // Asked after the abort, which no request survives that had not begun before it.
        return begun ? new HttpOutcome.Broken(step) : new HttpOutcome.NotSent(step);
    }

    final void abort(Throwable cause) {
        var _ = request.abort(cause);
    }

    /** The outcome of an exchange that Jetty reports as failed. */
    final HttpOutcome failed(Throwable cause) {
        return FailureReading.outcome(cause, begun, committed);
    }
}
