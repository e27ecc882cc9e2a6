package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.upstream.openai.Reading.Kind;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.UpstreamErrors;
import dev.nightmail.wire.error.ErrorMeaning;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Reads what came back from a call. */
final class Answers {

    private final OpenAiConfig config;
    private final UpstreamErrors errors;
    private final RandomGenerator ids;

    /**
     * @param ids for what a server gives none; used by many threads
     */
    Answers(OpenAiConfig config, RandomGenerator ids) {
        this.config = config;
        this.ids = ids;
        this.errors = new UpstreamErrors(config.name(), config.url(), config.apiKey());
    }

    /**
     * Reads what a request for a completion came to that was not to be streamed.
     *
     * @param tier for the usage of the Message
     */
    Reading completion(HttpOutcome outcome, ChatRequest request, String tier) {
        return switch (outcome) {
            case HttpOutcome.Complete(int status, var headers, var body) ->
                    completion(status, headers, body, request, tier);
            case HttpOutcome.NotSent(var step) -> notSent(step);
            case HttpOutcome.Broken(var step) -> broken(step);
        };
    }

    /** Reads what a call came to that did not bring what it should have. */
    Reading problem(HttpOutcome outcome) {
        return switch (outcome) {
            case HttpOutcome.Complete(int status, var headers, var body) ->
                    isGood(status)
                            ? foreign(status, headers, body)
                            : refusal(status, headers, body);
            case HttpOutcome.NotSent(var step) -> notSent(step);
            case HttpOutcome.Broken(var step) -> broken(step);
        };
    }

    static boolean isGood(int status) {
        return status >= 200 && status < 300;
    }

    Reading.Unreachable notSent(FailedStep step) {
        return new Reading.Unreachable(
                type(step),
                "upstream %s could not be reached (%s); nothing was sent"
                        .formatted(config.name(), step),
                step.toString());
    }

    Reading.Fault broken(FailedStep step) {
        return new Reading.Fault(
                Kind.FAILED,
                type(step),
                "the exchange with upstream %s failed (%s)".formatted(config.name(), step),
                step.toString(),
                null,
                true);
    }

    private static ErrorType type(FailedStep step) {
        return step.isTimeout() ? ErrorType.TIMEOUT_ERROR : ErrorType.API_ERROR;
    }

    private Reading completion(
            int status, HttpHeaders headers, byte[] body, ChatRequest request, String tier) {
        if (!isGood(status)) {
            return refusal(status, headers, body);
        }
        var read = PlainBody.read(body, request.names().tools());
        var payload = read.payload();
        var choice = payload.map(ChatPayload::choice).orElse(null);
        if (read.error().isPresent()) {
            return inAnswer(read.error().get(), headers);
        }
        if (payload.isEmpty() || choice == null) {
            return noCompletion(status, headers, body);
        }
        if (Stop.isBroken(choice.finish()) || isNone(choice)) {
            return givenUp();
        }
        var answer =
                Answer.of(
                        messageId(payload.get().id()),
                        body.length,
                        payload.get(),
                        choice,
                        request,
                        tier);
        return new Reading.Answered(
                answer.message(), answer.usage(), payload.get().usage() != null);
    }

    /** Whether it says nothing, or calls a tool that it does not name. */
    private static boolean isNone(ChatPayload.Choice choice) {
        boolean nameless =
                choice.toolCalls().stream()
                        .anyMatch(call -> call.name().isEmpty() && !call.isEmpty());
        return nameless || (choice.isSilent() && Stop.promisesMore(choice.finish()));
    }

    /** The id of a Message, from that of a completion. */
    String messageId(RawJson.@Nullable Text id) {
        return MessageJson.id(id, ids);
    }

    /** What is under a success and neither a completion nor an error. */
    Reading noCompletion(int status, HttpHeaders headers, byte[] body) {
        return UpstreamErrors.hasForeignType(headers)
                ? foreign(status, headers, body)
                : notACompletion(headers);
    }

    /** An error under a status of success: some say that before they know. */
    Reading inAnswer(ErrorMeaning error, HttpHeaders headers) {
        return reading(error, headers, "error in answer", true);
    }

    /** An error response that says so. */
    JsonBytes body(Reading reading) {
        return switch (reading) {
            case Reading.Fault(var _, var type, var message, var _, var _, var _) ->
                    ErrorBody.of(type, message, null);
            case Reading.Unreachable(var type, var message, var _) ->
                    ErrorBody.of(type, message, null);
            case Reading.Barred(int status, var _, var _, var _) ->
                    UpstreamErrors.notServed(config.name(), status);
            case Reading.Answered _ -> throw new IllegalArgumentException("an answer is no error");
        };
    }

    /** An answer that ends with the word that it has not come to its end. */
    Reading.Fault givenUp() {
        return failed("it gave this answer up", "answer given up");
    }

    Reading.Fault notACompletion(HttpHeaders headers) {
        return failed(
                "it answered with something that is not a chat completion (content type %s)"
                        .formatted(UpstreamErrors.shownContentType(headers)),
                "bad answer");
    }

    /** Reads an answer whose status is no success. */
    Reading refusal(int status, HttpHeaders headers, byte[] body) {
        var meaning = UpstreamErrors.read(status, headers, body);
        return reading(meaning, headers, "status " + status, UpstreamErrors.mayHaveCost(meaning));
    }

    /**
     * @param mayHaveCost whether it may have to be paid for, if it failed
     */
    private Reading reading(
            ErrorMeaning meaning, HttpHeaders headers, String phase, boolean mayHaveCost) {
        return switch (meaning) {
            case ErrorMeaning.Ours ours -> barred(ours, headers);
            case ErrorMeaning.OfRequest _ -> fault(Kind.REFUSED, meaning, headers, phase, false);
            case ErrorMeaning.NoRoom _ -> fault(Kind.THROTTLED, meaning, headers, phase, false);
            case ErrorMeaning.Failed _, ErrorMeaning.Lost _ ->
                    fault(Kind.FAILED, meaning, headers, phase, mayHaveCost);
        };
    }

    private Reading.Fault fault(
            Kind kind,
            ErrorMeaning meaning,
            HttpHeaders headers,
            String phase,
            boolean mayHaveCost) {
        return new Reading.Fault(
                kind,
                UpstreamErrors.type(meaning),
                errors.message(meaning, headers),
                phase,
                meaning.error().retryAfter(),
                mayHaveCost);
    }

    /** Of a call that was at work: it may have to be paid for. */
    private Reading.Fault failed(String message, String phase) {
        return new Reading.Fault(
                Kind.FAILED,
                ErrorType.API_ERROR,
                "upstream %s: %s".formatted(config.name(), message),
                phase,
                null,
                true);
    }

    private Reading.Barred foreign(int status, HttpHeaders headers, byte[] body) {
        return barred(UpstreamErrors.foreign(status, body), headers);
    }

    private Reading.Barred barred(ErrorMeaning.Ours ours, HttpHeaders headers) {
        return new Reading.Barred(
                ours.status(),
                errors.reason(ours, headers),
                UpstreamErrors.type(ours),
                errors.message(ours, headers));
    }

    /** The headers of an answer; none if there was no answer. */
    static HttpHeaders headers(HttpOutcome outcome) {
        return outcome instanceof HttpOutcome.Complete complete
                ? complete.headers()
                : HttpHeaders.NONE;
    }

    static @Nullable String requestId(HttpHeaders headers) {
        return headers.first("x-request-id").orElse(null);
    }
}
