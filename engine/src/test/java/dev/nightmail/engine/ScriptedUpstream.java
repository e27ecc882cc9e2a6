package dev.nightmail.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers when and as the test says; what it is asked is written down. */
final class ScriptedUpstream implements Upstream {

    static final Usage USAGE = new Usage(10, 5, 0, 0, 0);

    private final String name;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<CallInFlight> arrived = new LinkedBlockingQueue<>();
    private final List<CallInFlight> waiting = new CopyOnWriteArrayList<>();
    private volatile @Nullable Function<String, AttemptOutcome> script;
    private volatile BooleanSupplier callerIsDead = () -> false;

    ScriptedUpstream(String name) {
        this.name = name;
    }

    /** A call that waits for its answer; {@code request} is the custom_id of what was sent. */
    record CallInFlight(String request, CompletableFuture<AttemptOutcome> outcome) {
        void answer(AttemptOutcome answer) {
            outcome.complete(answer);
        }
    }

    // What it says

    static AttemptOutcome answer() {
        return new AttemptOutcome.Answered(
                JsonBytes.of(
                        """
                        {"id":"msg_1","type":"message","content":[],"usage":{"input_tokens":10,\
                        "output_tokens":5,"service_tier":"batch"}}\
                        """),
                USAGE,
                Billing.UNKNOWN,
                Headroom.UNTOLD);
    }

    static AttemptOutcome refusal() {
        return new AttemptOutcome.Refused(error("invalid_request_error"), Headroom.UNTOLD);
    }

    static AttemptOutcome failure() {
        return AttemptOutcome.Failed.unpaid("status 500", null, error("api_error"));
    }

    static AttemptOutcome throttle(Duration retryAfter) {
        return new AttemptOutcome.Throttled(retryAfter, error("rate_limit_error"), Headroom.UNTOLD);
    }

    static AttemptOutcome unreachable() {
        return new AttemptOutcome.Unreachable("connection refused", error("api_error"));
    }

    private static JsonBytes error(String type) {
        return JsonBytes.of(
                "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"no\"}}"
                        .formatted(type));
    }

    /** From here on every request is answered at once, and so are those that wait. */
    void script(Function<String, AttemptOutcome> answers) {
        script = answers;
        arrived.clear();
        waiting.forEach(call -> call.answer(answers.apply(call.request())));
    }

    void answerEverything() {
        script(_ -> answer());
    }

    /**
     * Once the process that calls has died, nothing that is in flight comes back, and nothing more
     * arrives, though its threads run on here for a moment.
     */
    ScriptedUpstream calledBy(Faults process) {
        callerIsDead = process::isDead;
        return this;
    }

    // What it is asked

    /** The next call that arrived and waits. */
    CallInFlight next() {
        try {
            var call = arrived.poll(20, TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("no call came; so far: " + asked);
            }
            return call;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The same, if one comes within this time. */
    @Nullable CallInFlight nextWithin(Duration time) {
        try {
            return arrived.poll(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Every request sent so far, in the order in which the calls arrived. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        fromTheLiving();
        var request = request(call);
        var inFlight = new CallInFlight(request, new CompletableFuture<>());
        asked.add(request);
        waiting.add(inFlight);
        var answers = script;
        if (answers != null) {
            inFlight.answer(answers.apply(request));
        } else {
            arrived.add(inFlight);
        }
        try {
            var outcome = inFlight.outcome().get();
            fromTheLiving();
            return outcome;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            waiting.remove(inFlight);
        }
    }

    private void fromTheLiving() throws InterruptedException {
        if (callerIsDead.getAsBoolean()) {
            throw new InterruptedException();
        }
    }

    private static String request(Call call) {
        var text = new String(call.body().array(), UTF_8);
        int from = text.indexOf("\"id\":\"") + 6;
        return text.substring(from, text.indexOf('"', from));
    }

    @Override
    public ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException {
        var attempt = attempt(call);
        var news = ForwardOutcome.like(attempt);
        var answer = JsonBytes.of(name);
        if (!(attempt instanceof AttemptOutcome.Answered)) {
            return new ForwardOutcome.Refused(news, status(attempt), Map.of("from", name), answer);
        }
        try {
            sink.begin(200, Map.of("from", name));
            sink.write(answer.array(), 0, answer.length());
            sink.end();
        } catch (IOException e) {
            sink.abort(e);
        }
        return news;
    }

    private static int status(AttemptOutcome outcome) {
        return switch (outcome) {
            case AttemptOutcome.Answered _ -> 200;
            case AttemptOutcome.Refused _ -> 400;
            case AttemptOutcome.Throttled throttled -> throttled.noPlace() ? 529 : 429;
            case AttemptOutcome.Failed _ -> 500;
            case AttemptOutcome.Barred _ -> 401;
            case AttemptOutcome.Unreachable _ -> 504;
        };
    }

    @Override
    public void close() {}
}
