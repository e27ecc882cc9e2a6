package dev.nightmail.upstream.http;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * One exchange as its caller waits for it. Jetty's threads report how far it has come; the caller's
 * thread parks, and whenever it is woken looks whether what it waits for has come, or a timeout of
 * this phase has passed. For the latter the {@link DeadlineWatch} wakes it, so an exchange that
 * goes well costs one wake-up and no timer.
 */
abstract class ExchangeInFlight implements Request.Listener {

    private static final int STATUS_MIN = 200;
    private static final int STATUS_MAX = 599;

    private final Request request;
    private final HttpSettings settings;
    private final Thread caller = Thread.currentThread();
    private final long callDeadlineNanos;

    private volatile boolean begun;
    private volatile boolean committed;
    private volatile boolean answering;
    private volatile long progressNanos;
    private volatile boolean complete;
    private volatile boolean looksAgain;
    private volatile long lookNanos;
    private volatile @Nullable Throwable failure;

    ExchangeInFlight(Request request, HttpCall call, HttpSettings settings) {
        this.request = request;
        this.settings = settings;
        this.callDeadlineNanos = System.nanoTime() + call.timeout().toNanos();
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
    public final void onContent(Request sendingRequest, ByteBuffer content) {
        sending();
    }

    @Override
    public final void onSuccess(Request sentRequest) {
        sending();
    }

    /** A long body that goes out slowly is no answer that does not come. */
    private void sending() {
        if (!answering) {
            progressNanos = System.nanoTime();
        }
    }

    /** To be called when an answer begins. Breaks off what is none. */
    final void answerBegins(Response response) {
        progress();
        int status = response.getStatus();
        if (status < STATUS_MIN || status > STATUS_MAX) {
            abort(new BrokenAnswer(FailedStep.GARBLED, "a status of " + status));
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
     * Parks until woken once, be it by what it waits for or by a timeout that has passed.
     *
     * @return the outcome, if a timeout has passed; null if it is time to look again
     */
    final @Nullable HttpOutcome parkOnce() throws InterruptedException {
        var step = overdue(System.nanoTime());
        if (step != null) {
            return giveUp(step, new TimeoutException(step.toString()));
        }
        LockSupport.park(this);
        if (Thread.interrupted()) {
            abort(new InterruptedException());
            throw new InterruptedException("the exchange was called off");
        }
        return null;
    }

    /** The caller wants to be woken then, though nothing has happened. */
    final void lookAgainAt(long nanos) {
        lookNanos = nanos;
        looksAgain = true;
    }

    /** Whether the caller has something to look at. */
    final boolean isToBeWoken(long now) {
        return overdue(now) != null || (looksAgain && now - lookNanos >= 0);
    }

    /** Which timeout of the phase it is in has passed, the first of them; null if none has. */
    final @Nullable FailedStep overdue(long now) {
        long callLeft = callDeadlineNanos - now;
        if (!begun) {
            return callLeft <= 0 ? FailedStep.CONNECTION_WAIT : null;
        }
        var limit = answering ? settings.idleTimeout() : settings.responseTimeout();
        long phaseLeft = progressNanos + limit.toNanos() - now;
        if (phaseLeft <= 0 && phaseLeft < callLeft) {
            return answering ? FailedStep.IDLE_TIMEOUT : FailedStep.RESPONSE_TIMEOUT;
        }
        return callLeft <= 0 ? FailedStep.CALL_TIMEOUT : null;
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
