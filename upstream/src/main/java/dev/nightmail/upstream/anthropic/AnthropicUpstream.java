package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.FollowingRedirects;
import dev.nightmail.upstream.http.HttpCall;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.wire.ErrorBody;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;

/**
 * Claude, or any service that speaks its Messages API. The client's bytes arrive there unchanged;
 * the answer's bytes come back unchanged but for {@code usage.service_tier}, which says {@code
 * batch} in a result.
 */
public final class AnthropicUpstream implements Upstream {

    private static final byte[] NO_BODY = {};

    private final AnthropicConfig config;
    private final HttpExchanges http;
    private final Endpoints endpoints;
    private final Answers answers;
    private final CallHeaders headers;

    /**
     * @param http owned from now on: {@link #close} closes it
     */
    public AnthropicUpstream(AnthropicConfig config, HttpExchanges http, InstantSource clock) {
        this.config = config;
        this.http = new FollowingRedirects(http);
        this.endpoints = new Endpoints(config.url());
        this.answers = new Answers(config, clock);
        this.headers = new CallHeaders(config);
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public AttemptOutcome attempt(Call call) throws InterruptedException {
        // Held until the answer has become a result: that takes as much again.
        try (var memory = http.memory()) {
            return answers.outcome(
                    http.exchange(httpCall(call).holding(memory), config.answerBytesMax()));
        }
    }

    @Override
    public ForwardOutcome forward(Call call, AnswerSink sink) throws InterruptedException {
        HttpCall httpCall;
        try {
            httpCall = httpCall(call);
        } catch (IllegalArgumentException _) {
            return Forwarding.refused(
                    new ForwardOutcome.NoNews(),
                    ErrorType.INVALID_REQUEST_ERROR.status(),
                    Map.of(),
                    ErrorBody.of(
                            ErrorType.INVALID_REQUEST_ERROR,
                            "the query string holds characters that must be percent-encoded",
                            null));
        }
        try (var memory = http.memory()) {
            return forward(httpCall, new Forwarding(answers, sink, memory));
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
            sink.abort(e);
            return new ForwardOutcome.NoNews();
        }
    }

    private ForwardOutcome forward(HttpCall call, Forwarding forwarding)
            throws IOException, InterruptedException {
        try {
            return switch (http.stream(call, forwarding)) {
                case HttpOutcome.Complete _ -> forwarding.end();
                case HttpOutcome.NotSent(var step) ->
                        Forwarding.refused(
                                new ForwardOutcome.Unreachable(step.toString()),
                                Answers.status(step),
                                Map.of(),
                                answers.notSent(step));
                case HttpOutcome.Broken(var step) -> forwarding.fail(step);
            };
        } catch (PassedEvents.TooLongException _) {
            return forwarding.fail(FailedStep.BODY_TOO_LARGE);
        }
    }

    private HttpCall httpCall(Call call) {
        boolean takesBody = Endpoints.takesBody(call.endpoint());
        var fields = headers.fields(call.apiVersion(), call.betas(), call.userProfileId());
        if (takesBody) {
            fields.add(new HttpHeaders.Field("content-type", "application/json"));
        }
        return new HttpCall(
                takesBody ? "POST" : "GET",
                endpoints.of(call.endpoint()),
                new HttpHeaders(fields),
                takesBody ? call.body().array() : NO_BODY,
                call.timeout());
    }

    @Override
    public void close() {
        http.close();
    }
}
