package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.MessageReading;
import dev.nightmail.upstream.wire.RateLimits;
import dev.nightmail.upstream.wire.RetryAfter;
import java.net.URI;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP outcome means for a request. The errors made here go to clients: they name the
 * upstream, and neither its address nor anything of the configuration.
 */
final class Answers {

    private final String upstream;
    private final Barring barring;
    private final InstantSource clock;

    Answers(String upstream, URI url, InstantSource clock) {
        this.upstream = upstream;
        this.barring = new Barring(upstream, url);
        this.clock = clock;
    }

    AttemptOutcome outcome(HttpOutcome http) {
        return switch (http) {
            case HttpOutcome.Complete(int status, var headers, var body) ->
                    answered(status, headers, body);
            case HttpOutcome.NotSent(var step) -> new Unreachable(step.toString(), notSent(step));
            case HttpOutcome.Broken(var step) -> new Failed(step.toString(), null, broken(step));
        };
    }

    /** What a whole answer means. */
    AttemptOutcome answered(int status, HttpHeaders headers, byte[] body) {
        var barred = barring.reason(status, headers, body);
        if (barred.isPresent()) {
            return new Barred(barred.get());
        }
        if (status >= 200 && status < 300) {
            return message(headers, body);
        }
        var error = error(status, headers, body);
        var shouldRetry = headers.first("x-should-retry").orElse("");
        if (shouldRetry.equals("false")) {
            return new Refused(error, RateLimits.headroom(headers));
        }
        var retryAfter = RetryAfter.of(headers, clock).orElse(null);
        if (status == 429 || status == 529) {
            return new Throttled(retryAfter, error, RateLimits.headroom(headers), status == 529);
        }
        boolean passing = status >= 500 || status == 408 || status == 409 || status == 425;
        return passing || shouldRetry.equals("true")
                ? new Failed("status " + status, retryAfter, error)
                : new Refused(error, RateLimits.headroom(headers));
    }

    private AttemptOutcome message(HttpHeaders headers, byte[] body) {
        return MessageReading.forBatch(body)
                .<AttemptOutcome>map(read ->
                        new Answered(
                                read.line(),
                                read.usage(),
                                new Billing(upstream, read.tier(), read.inUsOnly()),
                                RateLimits.headroom(headers)))
                .orElseGet(() -> new Failed("bad answer", null, badAnswer(headers)));
    }

    JsonBytes badAnswer(HttpHeaders headers) {
        return ErrorBody.of(
                ErrorType.API_ERROR,
                "upstream %s answered with something that is not a Message (content type %s)"
                        .formatted(upstream, contentType(headers).orElse("not given")),
                requestId(headers));
    }

    /** The service's own error if it has the wire's shape, else one that says what came. */
    JsonBytes error(int status, HttpHeaders headers, byte[] body) {
        if (status >= 400 && ErrorBody.read(body).isPresent()) {
            return JsonBytes.flatten(body);
        }
        return ErrorBody.of(
                ErrorType.ofStatus(status), foreignAnswer(status, headers), requestId(headers));
    }

    private String foreignAnswer(int status, HttpHeaders headers) {
        if (status >= 300 && status < 400) {
            return "upstream %s answered with a redirect (%d), which is not followed"
                    .formatted(upstream, status);
        }
        return "upstream %s answered with status %d and a body that is not an API error (content type %s)"
                .formatted(upstream, status, contentType(headers).orElse("not given"));
    }

    static Optional<String> contentType(HttpHeaders headers) {
        return headers.first("content-type")
                .map(value -> value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .filter(value -> value.length() <= 64);
    }

    private static @Nullable String requestId(HttpHeaders headers) {
        return headers.first("request-id").orElse(null);
    }

    JsonBytes notSent(FailedStep step) {
        return ErrorBody.of(
                step.isTimeout() ? ErrorType.TIMEOUT_ERROR : ErrorType.API_ERROR,
                "upstream %s could not be reached (%s); nothing was sent".formatted(upstream, step),
                null);
    }

    JsonBytes broken(FailedStep step) {
        return ErrorBody.of(
                step.isTimeout() ? ErrorType.TIMEOUT_ERROR : ErrorType.API_ERROR,
                "the exchange with upstream %s failed (%s)".formatted(upstream, step),
                null);
    }

    static int status(FailedStep step) {
        return (step.isTimeout() ? ErrorType.TIMEOUT_ERROR : ErrorType.API_ERROR).status();
    }

    /** Whether a 2xx answer is of a kind this API gives: JSON, an event stream, or unsaid. */
    static boolean hasForeignType(HttpHeaders headers) {
        return contentType(headers)
                .map(type ->
                        !type.equals("application/json")
                                && !type.equals("text/event-stream")
                                && !type.endsWith("+json"))
                .orElse(false);
    }
}
