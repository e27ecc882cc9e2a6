package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.upstream.simulator.service.Admission;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.Overloaded;
import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import dev.nightmail.upstream.simulator.service.SimulatedService;
import dev.nightmail.upstream.wire.ErrorBody;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * An upstream without a model. It checks requests as the real API does and answers each with words
 * of its own prompt, or with a value that satisfies the schema it gives; when, and whether at all,
 * is up to the {@link SimulatedService} behind it, which here lives in real time.
 *
 * <p>Same seed, same request: same answer, in whatever order requests come. What was asked before
 * shows only in what the service meters (limits, places, the prompt cache), in faults that strike
 * by count, and in faults that strike the first attempts only. Every answer says that it is
 * simulated: texts begin with {@code [simulated]}, and the id of every Message with {@code
 * msg_sim_}.
 */
public final class SimulatorUpstream implements Upstream {

    private final SimulatorConfig config;
    private final Waiting waiting;
    private final Faults faults;
    private final ServiceDoor door;

    public SimulatorUpstream(SimulatorConfig config, InstantSource clock, Waiting waiting) {
        this.config = config;
        this.waiting = waiting;
        this.faults = new Faults(config.faults(), config.seed());
        this.door = new ServiceDoor(config, clock);
    }

    /** A simulator whose latency takes real time. */
    public static SimulatorUpstream create(SimulatorConfig config, InstantSource clock) {
        return new SimulatorUpstream(config, clock, Waiting.real());
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        long hash = hash(call);
        try {
            var struck = faults.strike(hash, call.body().array()).orElse(null);
            if (struck != null) {
                if (!waiting.passWithin(call.timeout(), struck.delay())) {
                    return timedOut();
                }
                var fault = struck.fault();
                if (fault != null) {
                    return outcome(fault, struck.retryAfter());
                }
            }
            return outcome(door.visit(call, hash, WorkspaceId.DEFAULT, true), call.timeout());
        } catch (RefusedException e) {
            return new Refused(ErrorBody.of(e.type(), e.reason(), Composer.requestId(hash)));
        }
    }

    private long hash(Call call) {
        return Mixing.hash(config.seed(), call.body().array());
    }

    private AttemptOutcome outcome(Visit visit, Duration timeout) throws InterruptedException {
        return switch (visit.admission()) {
            case Accepted accepted -> {
                boolean inTime = waiting.passWithin(timeout, visit.until(accepted.doneAt()));
                yield inTime ? answered(visit.reply(), accepted) : timedOut();
            }
            case RateLimited limited ->
                    new Throttled(
                            limited.retryAfter(),
                            ErrorBody.of(ErrorType.RATE_LIMIT_ERROR, Excuses.of(limited), null),
                            limited.headroom());
            case Overloaded(var headroom) ->
                    new Throttled(
                            null,
                            ErrorBody.of(ErrorType.OVERLOADED_ERROR, Excuses.OVERLOADED, null),
                            headroom,
                            true);
            case Admission.Failed(var error, var at, var _) ->
                    waiting.passWithin(timeout, visit.until(at))
                            ? Failed.unpaid(
                                    "status " + error.status(),
                                    null,
                                    ErrorBody.of(error, Excuses.BROWN_OUT, null))
                            : timedOut();
        };
    }

    private Answered answered(Reply reply, Accepted accepted) {
        return new Answered(
                JsonBytes.of(MessageJson.whole(reply.billed(accepted.usage()), "batch")),
                accepted.usage(),
                new Billing(config.name(), ServiceTier.SIMULATED, false),
                accepted.headroom());
    }

    private static AttemptOutcome timedOut() {
        return Failed.perhapsPaid(
                "call timeout",
                null,
                ErrorBody.of(ErrorType.TIMEOUT_ERROR, Excuses.TOOK_TOO_LONG, null));
    }

    static AttemptOutcome outcome(Fault fault, @Nullable Duration retryAfter) {
        var error = error(fault);
        return switch (fault) {
            case RATE_LIMIT, OVERLOADED ->
                    new Throttled(retryAfter, error, Headroom.UNTOLD, fault == Fault.OVERLOADED);
            case API -> Failed.unpaid("status 500", retryAfter, error);
            case TIMEOUT -> Failed.perhapsPaid("status 504", retryAfter, error);
            case INVALID_REQUEST, PERMISSION, NOT_FOUND -> new Refused(error);
            case AUTHENTICATION, BILLING -> new Barred(Excuses.of(fault), error);
            case CUT -> Failed.perhapsPaid("connection cut", null, error);
            case UNREACHABLE -> new Unreachable("connection refused", error);
            case GARBAGE -> Failed.perhapsPaid("bad answer", null, error);
        };
    }

    private static JsonBytes error(Fault fault) {
        return ErrorBody.of(fault.type().orElse(ErrorType.API_ERROR), Excuses.of(fault), null);
    }

    @Override
    public ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException {
        return forward(call, WorkspaceId.DEFAULT, false, sink);
    }

    /**
     * As above, as the service itself and not as one who relays it: when nobody is to reach it, it
     * breaks off ({@link AnswerSink#abort}) before it has begun.
     *
     * @param workspace of the caller. All share the limits and the places, none the prompt cache
     */
    public void serve(Call call, WorkspaceId workspace, AnswerSink sink)
            throws InterruptedException {
        try {
            if (forward(call, workspace, true, sink) instanceof ForwardOutcome.Refused refused) {
                refused.passOn(sink);
            }
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
            sink.abort(e);
        }
    }

    private ForwardOutcome forward(
            Call call, WorkspaceId workspace, boolean itself, AnswerSink sink)
            throws InterruptedException {
        try {
            return new Forwarding(door, faults, waiting, call, hash(call), itself, sink)
                    .forward(workspace);
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
            sink.abort(e);
            return new ForwardOutcome.NoNews();
        }
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
