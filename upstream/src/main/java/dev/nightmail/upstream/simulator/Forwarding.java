package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.ForwardOutcome.News;
import dev.nightmail.upstream.simulator.service.Admission;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.Overloaded;
import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import java.io.IOException;
import java.time.Duration;

/** One interactive call, answered as it would be over HTTP. */
final class Forwarding {

    /** As often as an adapter says so that waits for a service over HTTP. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private static final News TIMED_OUT = new ForwardOutcome.Failed("call timeout");

    private final ServiceDoor door;
    private final Faults faults;
    private final Waiting waiting;
    private final Call call;
    private final long hash;
    private final Cut cut;
    private final AnswerSink sink;
    private final Interactive answer;

    /**
     * @param hash of seed and request
     * @param itself whether the caller's connection is to the service, not to one who relays it
     */
    Forwarding(
            ServiceDoor door,
            Faults faults,
            Waiting waiting,
            Call call,
            long hash,
            boolean itself,
            AnswerSink sink) {
        this.door = door;
        this.faults = faults;
        this.waiting = waiting;
        this.call = call;
        this.hash = hash;
        this.cut = itself ? Cut.AT_SERVICE : Cut.AT_RELAY;
        this.sink = sink;
        this.answer = new Interactive(sink, Composer.requestId(hash), cut);
    }

    ForwardOutcome forward(WorkspaceId workspace) throws IOException, InterruptedException {
        return answer.outcome(answered(workspace));
    }

    private News answered(WorkspaceId workspace) throws IOException, InterruptedException {
        try {
            return switch (call.endpoint()) {
                case Endpoint.Messages _ -> message(workspace);
                case Endpoint.CountTokens _ ->
                        json("{\"input_tokens\":" + door.countTokens(call) + "}");
                case Endpoint.Models(var query) -> json(door.models().list(query).toString());
                case Endpoint.Model(var id) -> json(door.models().retrieve(id).toString());
            };
        } catch (RefusedException e) {
            answer.error(e.type(), e.reason(), null);
            return new ForwardOutcome.Answered();
        }
    }

    private News json(String body) throws IOException {
        answer.json(body);
        return new ForwardOutcome.Answered();
    }

    private News message(WorkspaceId workspace)
            throws RefusedException, IOException, InterruptedException {
        var struck = faults.strike(hash, call.body().array()).orElse(null);
        if (struck == null) {
            return visit(workspace, false);
        }
        if (!passed(struck.delay())) {
            return TIMED_OUT;
        }
        var fault = struck.fault();
        if (fault == null || fault == Fault.CUT) {
            return visit(workspace, fault == Fault.CUT);
        }
        var news = ForwardOutcome.like(SimulatorUpstream.outcome(fault, struck.retryAfter()));
        var error = fault.type().orElse(ErrorType.API_ERROR);
        if (cut == Cut.AT_RELAY && news instanceof ForwardOutcome.Barred) {
            answer.notServed(Excuses.of(fault));
        } else if (cut == Cut.AT_SERVICE && fault == Fault.GARBAGE) {
            answer.garbage();
        } else if (cut == Cut.AT_SERVICE && fault == Fault.UNREACHABLE) {
            sink.abort(new IOException(Excuses.of(fault)));
        } else {
            answer.error(error, Excuses.of(fault), struck.retryAfter());
        }
        return news;
    }

    private News visit(WorkspaceId workspace, boolean cutInside)
            throws RefusedException, IOException, InterruptedException {
        var visit = door.visit(call, hash, workspace, false);
        var headroom = visit.admission().headroom();
        answer.tell(headroom);
        return switch (visit.admission()) {
            case Accepted accepted -> send(visit, accepted, cutInside);
            case RateLimited limited -> {
                answer.error(ErrorType.RATE_LIMIT_ERROR, Excuses.of(limited), limited.retryAfter());
                yield new ForwardOutcome.Throttled(limited.retryAfter(), headroom, false);
            }
            case Overloaded _ -> {
                answer.error(ErrorType.OVERLOADED_ERROR, Excuses.OVERLOADED, null);
                yield new ForwardOutcome.Throttled(null, headroom, true);
            }
            case Admission.Failed(var error, var at, var _) -> {
                if (!passed(visit.until(at))) {
                    yield TIMED_OUT;
                }
                answer.error(error, Excuses.BROWN_OUT, null);
                yield new ForwardOutcome.Failed("status " + error.status());
            }
        };
    }

    private News send(Visit visit, Accepted accepted, boolean cutInside)
            throws IOException, InterruptedException {
        var reply = visit.reply().billed(accepted.usage());
        if (visit.streamed()) {
            if (!passedIdle(visit.until(accepted.firstTokenAt()))) {
                return TIMED_OUT;
            }
            answer.beginStream();
            var writing = Duration.between(accepted.firstTokenAt(), accepted.doneAt());
            new EventStream(sink, writing, waiting, cut).send(reply, cutInside);
        } else {
            if (!passed(visit.until(accepted.doneAt()))) {
                return TIMED_OUT;
            }
            answer.message(MessageJson.whole(reply, "standard"), cutInside);
        }
        return cutInside
                ? new ForwardOutcome.Failed("connection cut")
                : new ForwardOutcome.Answered();
    }

    /** The same for a client that is to have a stream: it is told that the service is at work. */
    private boolean passedIdle(Duration duration) throws IOException, InterruptedException {
        var left = duration;
        while (duration.compareTo(call.timeout()) <= 0 && left.compareTo(IDLE) > 0) {
            waiting.pass(IDLE);
            left = left.minus(IDLE);
            sink.idle();
        }
        return passed(left);
    }

    /** Lets time pass; if the call's own is over before, says so. */
    private boolean passed(Duration duration) throws IOException, InterruptedException {
        if (waiting.passWithin(call.timeout(), duration)) {
            return true;
        }
        answer.error(ErrorType.TIMEOUT_ERROR, Excuses.TOOK_TOO_LONG, null);
        return false;
    }
}
