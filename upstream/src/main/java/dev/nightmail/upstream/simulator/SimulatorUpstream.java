package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.upstream.wire.ErrorBody;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An upstream without a model. It checks requests as the real API does and answers each with words
 * of its own prompt, or with a value that satisfies the schema it gives.
 *
 * <p>Same seed, same request: same answer, in whatever order requests come. Only three things look
 * at what was asked before: the simulated prompt cache (requests with {@code cache_control}),
 * faults that strike by count, and faults that strike the first attempts only. Every answer says
 * that it is simulated: texts begin with {@code [simulated]}, and the id of every Message with
 * {@code msg_sim_}.
 */
public final class SimulatorUpstream implements Upstream {

    private final SimulatorConfig config;
    private final Waiting waiting;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Models models = new Models(json);
    private final Faults faults;
    private final PrefixMemory prefixes;

    public SimulatorUpstream(SimulatorConfig config, InstantSource clock, Waiting waiting) {
        this.config = config;
        this.waiting = waiting;
        this.faults = new Faults(config.faults(), config.seed());
        this.prefixes = new PrefixMemory(config.cachePrefixesMax(), clock);
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
        byte[] body = call.body().array();
        long hash = Mixing.hash(config.seed(), body);
        try {
            var struck = faults.strike(hash, body).orElse(null);
            if (struck != null) {
                if (!pass(struck.delay(), call.timeout())) {
                    return timedOut();
                }
                var fault = struck.fault();
                if (fault != null) {
                    return outcome(fault, struck.retryAfter());
                }
            }
            var reply = reply(parse(body), hash, call, true);
            if (!pass(config.latency().of(reply.usage().output()), call.timeout())) {
                return timedOut();
            }
            return new Answered(
                    JsonBytes.of(MessageJson.whole(reply, "batch")),
                    reply.usage(),
                    new Billing(config.name(), ServiceTier.SIMULATED, false),
                    Headroom.UNTOLD);
        } catch (RefusedException e) {
            return new Refused(ErrorBody.of(e.type(), e.reason(), requestId(hash)));
        }
    }

    private JsonNode parse(byte[] body) throws RefusedException {
        try {
            return json.readTree(body);
        } catch (JacksonException _) {
            throw RefusedException.invalid("The request body is not valid JSON");
        }
    }

    private Reply reply(JsonNode params, long hash, Call call, boolean batch)
            throws RefusedException {
        ParamsCheck.messages(params, call.apiVersion(), batch, models);
        var input =
                prefixes.account(
                        Prompt.of(params),
                        models.cacheableTokensMin(params.path("model").stringValue()));
        return Composer.compose(params, hash, input);
    }

    /** Lets time pass; false if the call's own time ran out before. */
    private boolean pass(Duration duration, Duration timeout) throws InterruptedException {
        if (duration.isZero()) {
            return true;
        }
        boolean inTime = duration.compareTo(timeout) <= 0;
        waiting.pass(inTime ? duration : timeout);
        return inTime;
    }

    private static AttemptOutcome timedOut() {
        return new Failed(
                "call timeout",
                null,
                ErrorBody.of(ErrorType.TIMEOUT_ERROR, "the simulated call took too long", null));
    }

    private static AttemptOutcome outcome(Fault fault, @Nullable Duration retryAfter) {
        var error = error(fault);
        return switch (fault) {
            case RATE_LIMIT, OVERLOADED -> new Throttled(retryAfter, error, Headroom.UNTOLD);
            case API -> new Failed("status 500", retryAfter, error);
            case TIMEOUT -> new Failed("status 504", retryAfter, error);
            case INVALID_REQUEST, PERMISSION, NOT_FOUND -> new Refused(error);
            case AUTHENTICATION, BILLING -> new Barred("a simulated fault (%s)".formatted(fault));
            case CUT -> new Failed("connection cut", null, error);
            case UNREACHABLE -> new Unreachable("connection refused", error);
            case GARBAGE -> new Failed("bad answer", null, error);
        };
    }

    private static JsonBytes error(Fault fault) {
        return ErrorBody.of(
                fault.type().orElse(ErrorType.API_ERROR),
                "a simulated fault (%s)".formatted(fault),
                null);
    }

    private static String requestId(long hash) {
        return "req_sim_" + Composer.letters(hash + 2, 20);
    }

    @Override
    public void relay(Call call, AnswerSink sink) throws InterruptedException {
        byte[] body = call.body().array();
        long hash = Mixing.hash(config.seed(), body);
        var answer = new Interactive(sink, requestId(hash));
        try {
            try {
                switch (call.endpoint()) {
                    case Endpoint.Messages _ -> relayMessage(call, hash, answer, sink);
                    case Endpoint.CountTokens _ -> {
                        var params = parse(body);
                        ParamsCheck.countTokens(params, call.apiVersion(), models);
                        answer.json("{\"input_tokens\":" + Prompt.of(params).tokens() + "}");
                    }
                    case Endpoint.Models(var query) -> answer.json(models.list(query).toString());
                    case Endpoint.Model(var id) -> answer.json(models.retrieve(id).toString());
                }
            } catch (RefusedException e) {
                answer.error(e.type(), e.reason(), null);
            }
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
            sink.abort(e);
        }
    }

    private void relayMessage(Call call, long hash, Interactive answer, AnswerSink sink)
            throws RefusedException, IOException, InterruptedException {
        byte[] body = call.body().array();
        var struck = faults.strike(hash, body).orElse(null);
        var fault = struck == null ? null : struck.fault();
        if (struck != null && !pass(struck.delay(), call.timeout())) {
            answer.error(ErrorType.TIMEOUT_ERROR, "the simulated call took too long", null);
            return;
        }
        if (struck != null && fault != null && fault != Fault.CUT && fault != Fault.GARBAGE) {
            answer.error(
                    fault.type().orElse(ErrorType.API_ERROR),
                    "a simulated fault (%s)".formatted(fault),
                    struck.retryAfter());
            return;
        }
        if (fault == Fault.GARBAGE) {
            answer.garbage();
            return;
        }
        var params = parse(body);
        var reply = reply(params, hash, call, false);
        if (params.path("stream").asBoolean(false)) {
            answer.beginStream();
            new EventStream(sink, config.latency(), waiting).send(reply, fault == Fault.CUT);
            return;
        }
        if (!pass(config.latency().of(reply.usage().output()), call.timeout())) {
            answer.error(ErrorType.TIMEOUT_ERROR, "the simulated call took too long", null);
            return;
        }
        answer.message(MessageJson.whole(reply, "standard"), fault == Fault.CUT);
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
