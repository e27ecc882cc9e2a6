package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
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
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.FollowingRedirects;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import dev.nightmail.upstream.wire.AnswerSize;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.wire.error.RetryAfter;
import java.io.IOException;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Any server of the Chat Completions API, behind the Messages API. Requests and answers are put
 * into the words of the other side; numbers, strings and schemas keep the bytes they were written
 * with. What has no counterpart there is an {@code invalid_request_error} that names the field, and
 * never left out in silence.
 */
public final class OpenAiUpstream implements Upstream {

    private final OpenAiConfig config;
    private final HttpExchanges http;
    private final Calls calls;
    private final Answers answers;
    private final RefusedExtras refusedExtras = new RefusedExtras();
    private final Interactive interactive;
    private final InstantSource clock;

    /**
     * @param http owned from now on: {@link #close} closes it
     * @param ids for answers whose server gives them none; used by many threads
     */
    public OpenAiUpstream(
            OpenAiConfig config, HttpExchanges http, InstantSource clock, RandomGenerator ids) {
        this.config = config;
        this.http = new FollowingRedirects(http);
        this.calls = new Calls(config);
        this.answers = new Answers(config, ids);
        this.interactive = new Interactive(config, this.http, calls, answers, refusedExtras);
        this.clock = clock;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        try {
            return answered(call);
        } catch (RefusedException e) {
            return new Refused(refused(e));
        }
    }

    private AttemptOutcome answered(Call call) throws RefusedException, InterruptedException {
        // Held until the answer has become a result: that takes as much again.
        try (var memory = http.memory()) {
            while (true) {
                var request = request(call);
                var httpCall = calls.chat(request, call.timeout()).holding(memory);
                var outcome = http.exchange(httpCall, config.answerBytesMax());
                if (outcome instanceof HttpOutcome.Broken(var step)
                        && step == FailedStep.BODY_TOO_LARGE) {
                    // The same answer again would be as large, and be paid for again.
                    return new Refused(AnswerSize.error(config.name(), null));
                }
                if (!refusedExtras.learn(request, outcome)) {
                    return outcome(
                            answers.completion(outcome, request, "batch"),
                            Answers.headers(outcome));
                }
                // Without what was refused by name; each extra only once.
            }
        }
    }

    private ChatRequest request(Call call) throws RefusedException {
        var request =
                ChatRequest.of(call.body(), Purpose.ANSWER, config.maxTokensField(), refusedExtras);
        if (request.stream()) {
            throw RefusedException.invalid("stream", "a batch does not stream");
        }
        return request;
    }

    private static JsonBytes refused(RefusedException e) {
        return ErrorBody.of(ErrorType.INVALID_REQUEST_ERROR, e.reason(), null);
    }

    private AttemptOutcome outcome(Reading reading, HttpHeaders headers) {
        return switch (reading) {
            case Reading.Answered(var message, var usage, boolean reported) ->
                    AnswerSize.outcome(
                            config.name(),
                            message,
                            new Charge(usage, new Billing(config.name(), tier(reported), false)),
                            headroom(headers),
                            Answers.requestId(headers));
            case Reading.Fault fault -> outcome(fault, headers);
            case Reading.Unreachable(var type, var message, var phase) ->
                    new Unreachable(phase, ErrorBody.of(type, message, null));
            case Reading.Barred(var _, var reason, var type, var message) ->
                    new Barred(reason, ErrorBody.of(type, message, Answers.requestId(headers)));
        };
    }

    private static ServiceTier tier(boolean reported) {
        return reported ? ServiceTier.STANDARD : ServiceTier.UNREPORTED;
    }

    private AttemptOutcome outcome(Reading.Fault fault, HttpHeaders headers) {
        var error = ErrorBody.of(fault.type(), fault.message(), Answers.requestId(headers));
        var retryAfter = RetryAfter.of(headers::first, clock).orElse(fault.retryAfter());
        return switch (fault.kind()) {
            case REFUSED -> new Refused(error, headroom(headers));
            case THROTTLED -> new Throttled(retryAfter, error, headroom(headers));
            case FAILED -> new Failed(fault.phase(), retryAfter, error, fault.mayHaveCost());
        };
    }

    private Headroom headroom(HttpHeaders headers) {
        return RateLimitHeaders.headroom(headers, clock);
    }

    @Override
    public ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException {
        var reply = new Reply(config.name(), sink);
        try {
            try {
                interactive.answer(call, sink, reply);
            } catch (RefusedException e) {
                reply.error(ErrorType.INVALID_REQUEST_ERROR, e.reason());
                return reply.outcome(new ForwardOutcome.NoNews());
            }
        } catch (IOException e) {
            // The client is gone.
            sink.abort(e);
            return new ForwardOutcome.NoNews();
        }
        var noted = reply.noted();
        return reply.outcome(
                noted == null
                        ? new ForwardOutcome.Answered()
                        : ForwardOutcome.like(outcome(noted.reading(), noted.headers())));
    }

    @Override
    public void close() {
        http.close();
    }
}
