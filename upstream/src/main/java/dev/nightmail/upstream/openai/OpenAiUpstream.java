package dev.nightmail.upstream.openai;

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
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.FollowingRedirects;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.RetryAfter;
import java.io.IOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

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
    private final InstantSource clock;
    private final TokenCounter counter;

    /**
     * @param http owned from now on: {@link #close} closes it
     */
    public OpenAiUpstream(OpenAiConfig config, HttpExchanges http, InstantSource clock) {
        this.config = config;
        this.http = new FollowingRedirects(http);
        this.calls = new Calls(config);
        this.answers = new Answers(config);
        this.clock = clock;
        this.counter = new TokenCounter(this.http, calls);
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        ChatRequest request;
        try {
            request = request(call);
            if (request.stream()) {
                throw RefusedException.invalid("stream", "a batch does not stream");
            }
        } catch (RefusedException e) {
            return new Refused(ErrorBody.of(ErrorType.INVALID_REQUEST_ERROR, e.reason(), null));
        }
        return switch (http.exchange(
                calls.chat(request, call.timeout()), config.answerBytesMax())) {
            case HttpOutcome.Complete(int status, var headers, var body) ->
                    outcome(answers.completion(status, headers, body, request, "batch"), headers);
            case HttpOutcome.NotSent(var step) -> new Unreachable(step.toString(), notSent(step));
            case HttpOutcome.Broken(var step) -> new Failed(step.toString(), null, broken(step));
        };
    }

    private ChatRequest request(Call call) throws RefusedException {
        return ChatRequest.of(
                call.body(), call.apiVersion(), Purpose.ANSWER, config.maxTokensField());
    }

    private AttemptOutcome outcome(Reading reading, HttpHeaders headers) {
        return switch (reading) {
            case Reading.Answered(var message, var usage) ->
                    new Answered(
                            message,
                            usage,
                            new Billing(config.name(), ServiceTier.STANDARD, false),
                            RateLimitHeaders.headroom(headers, clock));
            case Reading.Barred(var _, var reason) -> new Barred(reason);
            case Reading.Fault(var kind, var type, var message, var phase) -> {
                var error = ErrorBody.of(type, message, requestId(headers));
                yield switch (kind) {
                    case REFUSED -> new Refused(error, RateLimitHeaders.headroom(headers, clock));
                    case THROTTLED ->
                            new Throttled(
                                    RetryAfter.of(headers, clock).orElse(null),
                                    error,
                                    RateLimitHeaders.headroom(headers, clock));
                    case FAILED ->
                            new Failed(phase, RetryAfter.of(headers, clock).orElse(null), error);
                };
            }
        };
    }

    private static @Nullable String requestId(HttpHeaders headers) {
        return headers.first("x-request-id").orElse(null);
    }

    private JsonBytes notSent(FailedStep step) {
        return ErrorBody.of(
                type(step),
                "upstream %s could not be reached (%s); nothing was sent"
                        .formatted(config.name(), step),
                null);
    }

    private JsonBytes broken(FailedStep step) {
        return ErrorBody.of(
                type(step),
                "the exchange with upstream %s failed (%s)".formatted(config.name(), step),
                null);
    }

    static ErrorType type(FailedStep step) {
        return step.isTimeout() ? ErrorType.TIMEOUT_ERROR : ErrorType.API_ERROR;
    }

    @Override
    public void relay(Call call, AnswerSink sink) throws InterruptedException {
        var reply = new Reply(config.name(), sink);
        try {
            switch (call.endpoint()) {
                case Endpoint.Messages _ -> message(call, sink, reply);
                case Endpoint.CountTokens _ -> count(call, reply);
                case Endpoint.Models(var query) -> models(call, query, reply);
                case Endpoint.Model(var id) -> model(call, id, reply);
            }
        } catch (RefusedException e) {
            refuse(sink, reply, e.reason());
        } catch (IOException e) {
            // Either the client is gone, or the upstream broke off what has begun.
            sink.abort(e);
        }
    }

    private static void refuse(AnswerSink sink, Reply reply, String reason) {
        try {
            reply.error(ErrorType.INVALID_REQUEST_ERROR, reason);
        } catch (IOException e) {
            sink.abort(e);
        }
    }

    private void message(Call call, AnswerSink sink, Reply reply)
            throws RefusedException, IOException, InterruptedException {
        var request = request(call);
        var httpCall = calls.chat(request, call.timeout());
        if (request.stream()) {
            var streamed =
                    new StreamedAnswer(request, answers, config.answerBytesMax(), sink, reply);
            switch (http.stream(httpCall, streamed)) {
                case HttpOutcome.Complete _ -> streamed.end();
                case HttpOutcome.NotSent(var step) -> streamed.fail(step, notSent(step));
                case HttpOutcome.Broken(var step) -> streamed.fail(step, broken(step));
            }
            return;
        }
        switch (http.exchange(httpCall, config.answerBytesMax())) {
            case HttpOutcome.Complete(int status, var headers, var body) ->
                    reply.send(
                            answers.completion(status, headers, body, request, "standard"),
                            headers);
            case HttpOutcome.NotSent(var step) -> reply.error(type(step), notSent(step));
            case HttpOutcome.Broken(var step) -> reply.error(type(step), broken(step));
        }
    }

    private void count(Call call, Reply reply)
            throws RefusedException, IOException, InterruptedException {
        var request =
                ChatRequest.of(
                        call.body(), call.apiVersion(), Purpose.COUNT, config.maxTokensField());
        var count = counter.count(request, call.timeout());
        if (count.isPresent()) {
            reply.json(TokenCounter.json(count.getAsLong()));
        } else {
            reply.error(
                    ErrorType.NOT_FOUND_ERROR,
                    "upstream %s does not count tokens: no tokenizer was found there"
                            .formatted(config.name()));
        }
    }

    private void models(Call call, String query, Reply reply)
            throws RefusedException, IOException, InterruptedException {
        var page = ModelQuery.parse(query);
        var models = models(call, reply);
        if (models != null) {
            reply.json(models.page(page));
        }
    }

    private void model(Call call, String id, Reply reply) throws IOException, InterruptedException {
        var models = models(call, reply);
        if (models == null) {
            return;
        }
        var model = models.model(id);
        if (model.isPresent()) {
            reply.json(model.get());
        } else {
            reply.error(
                    ErrorType.NOT_FOUND_ERROR,
                    "model: upstream %s has no such model".formatted(config.name()));
        }
    }

    /**
     * @return null if there was an error, which is then answered
     */
    private @Nullable Models models(Call call, Reply reply)
            throws IOException, InterruptedException {
        switch (http.exchange(calls.models(call.timeout()), config.answerBytesMax())) {
            case HttpOutcome.Complete(int status, var headers, var body) -> {
                if (status < 200 || status >= 300) {
                    reply.send(answers.refusal(status, headers, body), headers);
                    return null;
                }
                var models = Models.read(body);
                if (models.isEmpty()) {
                    reply.send(answers.foreign(status, headers), headers);
                    return null;
                }
                return models.get();
            }
            case HttpOutcome.NotSent(var step) -> reply.error(type(step), notSent(step));
            case HttpOutcome.Broken(var step) -> reply.error(type(step), broken(step));
        }
        return null;
    }

    @Override
    public void close() {
        http.close();
    }
}
