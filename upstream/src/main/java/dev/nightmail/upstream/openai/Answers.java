package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.openai.Reading.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads what came back from a call. The servers of this API agree on the statuses, mostly, and on
 * little else: types and codes of errors are each one's own.
 */
final class Answers {

    /** Codes of OpenAI and its likes by which an account is empty, under whatever status. */
    private static final Set<String> ACCOUNT_CODES =
            Set.of(
                    "insufficient_quota",
                    "billing_hard_limit_reached",
                    "billing_not_active",
                    "account_deactivated",
                    "invalid_api_key");

    /** How a 404 says that it is about a model: OpenAI's code, then the types of the others. */
    private static final Set<String> MODEL_NOT_FOUND =
            Set.of("model_not_found", "NotFoundError", "not_found_error");

    /**
     * How a 404 in the shape of an API says that its path is wrong: OpenAI, Groq, vLLM and Azure,
     * then what web frameworks say. Of all else it is about what was asked for.
     */
    private static final Pattern WRONG_PATH =
            Pattern.compile(
                    "^((file|page|path|resource|route|endpoint|url) )?not found\\W*$"
                            + "|\\b(invalid|unknown request) url\\b"
                            + "|\\b(get|post):? ?/",
                    Pattern.CASE_INSENSITIVE);

    private static final int MESSAGE_LENGTH_MAX = 4_000;

    private final OpenAiConfig config;

    Answers(OpenAiConfig config) {
        this.config = config;
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
                    isGood(status) ? foreign(status, headers) : refusal(status, headers, body);
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
                step.toString());
    }

    private static ErrorType type(FailedStep step) {
        return step.isTimeout() ? ErrorType.TIMEOUT_ERROR : ErrorType.API_ERROR;
    }

    private Reading completion(
            int status, HttpHeaders headers, byte[] body, ChatRequest request, String tier) {
        if (!isGood(status)) {
            return refusal(status, headers, body);
        }
        if (isForeign(headers)) {
            return foreign(status, headers);
        }
        var payload = ChatPayload.read(body);
        if (payload.isEmpty()) {
            return notACompletion(headers);
        }
        var choice = payload.get().choice();
        var error = payload.get().error();
        if (error != null) {
            return inAnswer(error);
        }
        if (choice == null) {
            return notACompletion(headers);
        }
        if (Stop.isBroken(choice.finish())) {
            return givenUp();
        }
        var answer = Answer.of(body, payload.get(), choice, request, tier);
        return new Reading.Answered(answer.message(), answer.usage());
    }

    /** An error under a status of success: some say that before they know. */
    Reading.Fault inAnswer(ChatError error) {
        var type = error.typeOfCode();
        return fault(kind(type), type, error.message(), "error in answer");
    }

    private static Kind kind(ErrorType type) {
        return switch (type) {
            case INVALID_REQUEST_ERROR, PERMISSION_ERROR, NOT_FOUND_ERROR, REQUEST_TOO_LARGE ->
                    Kind.REFUSED;
            case RATE_LIMIT_ERROR -> Kind.THROTTLED;
            case AUTHENTICATION_ERROR,
                    BILLING_ERROR,
                    CONFLICT_ERROR,
                    API_ERROR,
                    TIMEOUT_ERROR,
                    OVERLOADED_ERROR ->
                    Kind.FAILED;
        };
    }

    /** An answer that ends with the word that it has not come to its end. */
    Reading.Fault givenUp() {
        return fault(Kind.FAILED, ErrorType.API_ERROR, "it gave this answer up", "answer given up");
    }

    Reading.Fault notACompletion(HttpHeaders headers) {
        return fault(
                Kind.FAILED,
                ErrorType.API_ERROR,
                "it answered with something that is not a chat completion (content type %s)"
                        .formatted(contentType(headers)),
                "bad answer");
    }

    /** Reads an answer whose status is no success. */
    Reading refusal(int status, HttpHeaders headers, byte[] body) {
        if (status < 400) {
            return redirected(status);
        }
        var error = ChatError.read(body);
        if (error.isEmpty() && isAboutRequest(status)) {
            error = ChatError.ofDetail(body);
        }
        if (status == 401 || status == 402) {
            return denied(status, error.map(ChatError::code).orElse(""));
        }
        if (error.isEmpty()) {
            return isForeignRoute(status)
                    ? foreign(status, headers)
                    : fault(
                            kind(status, headers, false),
                            ErrorType.ofStatus(status),
                            "it answered with status %d and a body that is not an API error (content type %s)"
                                    .formatted(status, contentType(headers)),
                            "status " + status);
        }
        return refusal(status, headers, error.get());
    }

    private Reading refusal(int status, HttpHeaders headers, ChatError error) {
        boolean account =
                ACCOUNT_CODES.contains(error.code()) || ACCOUNT_CODES.contains(error.type());
        boolean capped = status == 429 && shouldRetry(headers).equals("false");
        if (account || capped) {
            return denied(status, error.code());
        }
        if (status == 404 && isAboutPath(error)) {
            return foreign(status, headers);
        }
        return fault(
                kind(status, headers, true),
                ErrorType.ofStatus(status),
                error.message(),
                "status " + status);
    }

    /** If in doubt a 404 is the request's own: one wrong model must not stop everybody else. */
    private static boolean isAboutPath(ChatError error) {
        boolean model =
                MODEL_NOT_FOUND.contains(error.code()) || MODEL_NOT_FOUND.contains(error.type());
        return !model && WRONG_PATH.matcher(error.message().strip()).find();
    }

    /**
     * @param own whether the service itself said so, in the shape of its API. A 503 of its own says
     *     that it has no room or still loads its model; one of a proxy says that it is gone
     */
    private static Kind kind(int status, HttpHeaders headers, boolean own) {
        var shouldRetry = shouldRetry(headers);
        if (shouldRetry.equals("false")) {
            return Kind.REFUSED;
        }
        if (status == 429 || status == 529 || (status == 503 && own)) {
            return Kind.THROTTLED;
        }
        boolean passing = status >= 500 || status == 408 || status == 409 || status == 425;
        return passing || shouldRetry.equals("true") ? Kind.FAILED : Kind.REFUSED;
    }

    private static String shouldRetry(HttpHeaders headers) {
        return headers.first("x-should-retry").orElse("");
    }

    private static boolean isAboutRequest(int status) {
        return status == 400 || status == 413 || status == 422;
    }

    private static boolean isForeignRoute(int status) {
        return status == 403 || status == 404 || status == 405 || status == 407;
    }

    private Reading.Fault fault(Kind kind, ErrorType type, String message, String phase) {
        return new Reading.Fault(
                kind, type, "upstream %s: %s".formatted(config.name(), shown(message)), phase);
    }

    /**
     * An error's own words, as far as a client may read them: neither our key nor where the service
     * is.
     */
    private String shown(String message) {
        String shown = message.replace(config.url().getRawAuthority(), config.name());
        var apiKey = config.apiKey();
        if (apiKey != null) {
            shown = shown.replace(apiKey.reveal(), apiKey.toString());
        }
        return shown.length() > MESSAGE_LENGTH_MAX
                ? shown.substring(0, MESSAGE_LENGTH_MAX) + "…"
                : shown;
    }

    private Reading denied(int status, String code) {
        return new Reading.Barred(
                status,
                "status %d%s: look at upstreams.%s.api-key and at the account it belongs to"
                        .formatted(
                                status,
                                ACCOUNT_CODES.contains(code) ? " (" + code + ")" : "",
                                config.name()));
    }

    Reading.Barred foreign(int status, HttpHeaders headers) {
        return new Reading.Barred(
                status,
                "status %d with content type %s, which is not this API: is %s (upstreams.%s.url) where it is?"
                        .formatted(status, contentType(headers), config.url(), config.name()));
    }

    private Reading redirected(int status) {
        return new Reading.Barred(
                status,
                "status %d, a redirect, which is not followed: set upstreams.%s.url to where the API is"
                        .formatted(status, config.name()));
    }

    /** The headers of an answer; none if there was no answer. */
    static HttpHeaders headers(HttpOutcome outcome) {
        return outcome instanceof HttpOutcome.Complete complete
                ? complete.headers()
                : HttpHeaders.NONE;
    }

    /** Whether a 2xx answer is of a kind this API gives: JSON, an event stream, or unsaid. */
    static boolean isForeign(HttpHeaders headers) {
        return type(headers)
                .map(type ->
                        !type.equals("application/json")
                                && !type.equals("text/event-stream")
                                && !type.endsWith("+json"))
                .orElse(false);
    }

    static boolean isEventStream(HttpHeaders headers) {
        return type(headers).map("text/event-stream"::equals).orElse(false);
    }

    private static String contentType(HttpHeaders headers) {
        return type(headers).orElse("not given");
    }

    private static Optional<String> type(HttpHeaders headers) {
        return headers.first("content-type")
                .map(Answers::withoutParameters)
                .filter(value -> value.length() <= 64);
    }

    private static String withoutParameters(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
