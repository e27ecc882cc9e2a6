package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Barred;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.wire.AnswerSize;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.MessageReading;
import dev.nightmail.upstream.wire.RateLimits;
import dev.nightmail.upstream.wire.UpstreamErrors;
import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.error.ErrorReading;
import dev.nightmail.wire.error.RetryAfter;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP outcome means for a request. The errors made here go to clients: they name the
 * upstream, and neither its address nor anything of the configuration.
 */
final class Answers {

    private final String upstream;
    private final UpstreamErrors errors;
    private final InstantSource clock;

    Answers(AnthropicConfig config, InstantSource clock) {
        this.upstream = config.name();
        this.errors = new UpstreamErrors(config.name(), config.url(), config.apiKey());
        this.clock = clock;
    }

    AttemptOutcome outcome(HttpOutcome http) {
        return switch (http) {
            case HttpOutcome.Complete(int status, var headers, var body) ->
                    answered(status, headers, body);
            case HttpOutcome.NotSent(var step) -> new Unreachable(step.toString(), notSent(step));
            case HttpOutcome.Broken(var step) when step == FailedStep.BODY_TOO_LARGE ->
                    // The same answer again would be as large, and be paid for again.
                    new Refused(AnswerSize.error(upstream, null));
            case HttpOutcome.Broken(var step) ->
                    Failed.perhapsPaid(step.toString(), null, broken(step));
        };
    }

    /** What a whole answer means. */
    AttemptOutcome answered(int status, HttpHeaders headers, byte[] body) {
        if (isGood(status)) {
            return message(headers, body);
        }
        return refused(UpstreamErrors.read(status, headers, body), headers, body);
    }

    /** What an answer that is no success means, once its error was read. */
    AttemptOutcome refused(ErrorMeaning meaning, HttpHeaders headers, byte[] body) {
        return outcome(meaning, UpstreamErrors.mayHaveCost(meaning), headers, body);
    }

    /** What the refusal of a request means for it. */
    Refused ofRequest(ErrorMeaning.OfRequest meaning, HttpHeaders headers, byte[] body) {
        return new Refused(errors.body(meaning, headers, body), RateLimits.headroom(headers));
    }

    /** For the log: why the service does not serve us. */
    String reason(ErrorMeaning.Ours meaning, HttpHeaders headers) {
        return errors.reason(meaning, headers);
    }

    static boolean isGood(int status) {
        return status >= 200 && status < 300;
    }

    /**
     * @param mayHaveCost whether it may have to be paid for, if it failed
     */
    private AttemptOutcome outcome(
            ErrorMeaning meaning, boolean mayHaveCost, HttpHeaders headers, byte[] body) {
        var error = errors.body(meaning, headers, body);
        var retryAfter = RetryAfter.of(headers::first, meaning.error(), clock).orElse(null);
        return switch (meaning) {
            case ErrorMeaning.Ours ours -> new Barred(errors.reason(ours, headers), error);
            case ErrorMeaning.OfRequest _ -> new Refused(error, RateLimits.headroom(headers));
            case ErrorMeaning.NoRoom noRoom ->
                    new Throttled(
                            retryAfter, error, RateLimits.headroom(headers), noRoom.overloaded());
            case ErrorMeaning.Failed _, ErrorMeaning.Lost _ ->
                    new Failed("status " + meaning.status(), retryAfter, error, mayHaveCost);
        };
    }

    /**
     * Parsed before its content type is looked at: some servers send JSON as {@code text/plain},
     * and an answer was paid for whatever it is called.
     */
    private AttemptOutcome message(HttpHeaders headers, byte[] body) {
        var read = MessageReading.forBatch(body);
        if (read.isPresent()) {
            var billing = new Billing(upstream, read.get().tier(), read.get().inUsOnly());
            return answered(read.get(), billing, headers);
        }
        var meaning = noMessage(headers, body);
        // What came under a success had begun to be answered.
        return meaning.isPresent()
                ? outcome(meaning.get(), true, headers, body)
                : Failed.perhapsPaid("bad answer", null, badAnswer(headers));
    }

    AttemptOutcome answered(MessageReading.Read read, Billing billing, HttpHeaders headers) {
        return AnswerSize.outcome(
                upstream,
                read.line(),
                new Charge(read.usage(), billing),
                RateLimits.headroom(headers),
                requestId(headers));
    }

    private static @Nullable String requestId(HttpHeaders headers) {
        return headers.first("request-id").orElse(null);
    }

    /** What is under a success and no Message: an error after all, or a page of something else. */
    private static Optional<ErrorMeaning> noMessage(HttpHeaders headers, byte[] body) {
        var inAnswer = ErrorReading.readInAnswer(body);
        return inAnswer.isEmpty() && UpstreamErrors.hasForeignType(headers)
                ? Optional.of(UpstreamErrors.foreign(200, body))
                : inAnswer;
    }

    JsonBytes badAnswer(HttpHeaders headers) {
        return ErrorBody.of(
                ErrorType.API_ERROR,
                "upstream %s answered with something that is not a Message (content type %s)"
                        .formatted(upstream, UpstreamErrors.shownContentType(headers)),
                requestId(headers));
    }

    /** How a client that waits is told of an answer that was not passed on. */
    UpstreamErrors.Told told(int status, HttpHeaders headers, byte[] body) {
        var meaning =
                isGood(status)
                        ? noMessage(headers, body)
                                .orElseGet(() -> UpstreamErrors.foreign(status, body))
                        : UpstreamErrors.read(status, headers, body);
        return errors.told(meaning, headers, body);
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
}
