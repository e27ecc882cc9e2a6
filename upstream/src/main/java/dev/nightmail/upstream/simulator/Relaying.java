package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.upstream.simulator.service.Admission;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.Overloaded;
import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import java.io.IOException;
import java.time.Duration;

/** One interactive call, answered as it would be over HTTP. */
final class Relaying {

    private final ServiceDoor door;
    private final Faults faults;
    private final Waiting waiting;
    private final Call call;
    private final long hash;
    private final boolean itself;
    private final AnswerSink sink;
    private final Interactive answer;

    /**
     * @param hash of seed and request
     * @param itself whether the caller's connection is to the service, not to one who relays it
     */
    Relaying(
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
        this.itself = itself;
        this.sink = sink;
        this.answer = new Interactive(sink, Composer.requestId(hash));
    }

    void relay(WorkspaceId workspace) throws IOException, InterruptedException {
        try {
            switch (call.endpoint()) {
                case Endpoint.Messages _ -> message(workspace);
                case Endpoint.CountTokens _ ->
                        answer.json("{\"input_tokens\":" + door.countTokens(call) + "}");
                case Endpoint.Models(var query) ->
                        answer.json(door.models().list(query).toString());
                case Endpoint.Model(var id) -> answer.json(door.models().retrieve(id).toString());
            }
        } catch (RefusedException e) {
            answer.error(e.type(), e.reason(), null);
        }
    }

    private void message(WorkspaceId workspace)
            throws RefusedException, IOException, InterruptedException {
        var struck = faults.strike(hash, call.body().array()).orElse(null);
        if (struck == null) {
            visit(workspace, false);
            return;
        }
        if (!passed(struck.delay())) {
            return;
        }
        var fault = struck.fault();
        if (fault == null || fault == Fault.CUT) {
            visit(workspace, fault == Fault.CUT);
        } else if (fault == Fault.GARBAGE) {
            answer.garbage();
        } else if (fault == Fault.UNREACHABLE && itself) {
            sink.abort(new IOException(Excuses.of(fault)));
        } else {
            answer.error(
                    fault.type().orElse(ErrorType.API_ERROR),
                    Excuses.of(fault),
                    struck.retryAfter());
        }
    }

    private void visit(WorkspaceId workspace, boolean cutInside)
            throws RefusedException, IOException, InterruptedException {
        var visit = door.visit(call, hash, workspace, false);
        answer.tell(visit.admission().headroom());
        switch (visit.admission()) {
            case Accepted accepted -> send(visit, accepted, cutInside);
            case RateLimited limited ->
                    answer.error(
                            ErrorType.RATE_LIMIT_ERROR, Excuses.of(limited), limited.retryAfter());
            case Overloaded _ -> answer.error(ErrorType.OVERLOADED_ERROR, Excuses.OVERLOADED, null);
            case Admission.Failed(var error, var at, var _) -> {
                if (passed(visit.until(at))) {
                    answer.error(error, Excuses.BROWN_OUT, null);
                }
            }
        }
    }

    private void send(Visit visit, Accepted accepted, boolean cutInside)
            throws IOException, InterruptedException {
        var reply = visit.reply().billed(accepted.usage());
        if (visit.streamed()) {
            if (passed(visit.until(accepted.firstTokenAt()))) {
                answer.beginStream();
                var writing = Duration.between(accepted.firstTokenAt(), accepted.doneAt());
                new EventStream(sink, writing, waiting).send(reply, cutInside);
            }
        } else if (passed(visit.until(accepted.doneAt()))) {
            answer.message(MessageJson.whole(reply, "standard"), cutInside);
        }
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
