package dev.nightmail.wire.error;

import dev.nightmail.wire.error.ErrorMeaning.Cause;
import dev.nightmail.wire.error.ErrorMeaning.Failed;
import dev.nightmail.wire.error.ErrorMeaning.Fault;
import dev.nightmail.wire.error.ErrorMeaning.Lost;
import dev.nightmail.wire.error.ErrorMeaning.NoRoom;
import dev.nightmail.wire.error.ErrorMeaning.OfRequest;
import dev.nightmail.wire.error.ErrorMeaning.Ours;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an error means: the one place that knows how services say it, for both protocols, for
 * calls and batches, and for the pipeline.
 *
 * <p>The order matters. What is ours comes first, under whatever status it came: a request that is
 * settled by a wrong key or an empty account is lost for nothing. Then what the words say of the
 * request, then what the status says. When in doubt between us and a request, the service's own
 * words are about the request, so that one client's bad request does not stop everybody else.
 */
public final class ErrorReading {

    /** The code with which a Nightmail says that its own upstream does not serve it. */
    public static final String UPSTREAM_UNAUTHORIZED = "upstream_unauthorized";

    private ErrorReading() {}

    /**
     * Reads an answer that is no success.
     *
     * @param status any but 2xx
     * @param body as far as it was read; more than a megabyte is no API's error
     */
    public static ErrorMeaning read(int status, HeaderLookup headers, byte[] body) {
        var words = ErrorEnvelopes.read(body);
        var error = withHeaders(words, headers);
        if (status < 400) {
            return new Ours(Cause.WRONG_URL, status, error);
        }
        var cause = causeOfOurs(status, headers, error);
        if (cause != null) {
            return new Ours(cause, status, error);
        }
        return error.isServicesOwn()
                ? ofService(status, headers, error)
                : ofOthers(status, headers, error);
    }

    /**
     * Reads the error that a body or an event of a stream holds which came under a success.
     *
     * @return empty if it holds none, or an empty one
     */
    public static Optional<ErrorMeaning> readInAnswer(byte[] body) {
        return ErrorEnvelopes.readInAnswer(body).map(ErrorReading::ofAnswer);
    }

    private static ErrorMeaning ofAnswer(ServiceError error) {
        if (RequestWords.isAboutPath(error)) {
            return new Ours(Cause.WRONG_URL, 200, error);
        }
        var named = statusIn(error);
        int status = named.orElse(500);
        var cause =
                named.isPresent()
                        ? causeOfOurs(status, HeaderLookup.NONE, error)
                        : AccountWords.cause(status, error);
        if (cause != null) {
            return new Ours(cause, status, error);
        }
        // A rate limit refuses before there is any work. What is overloaded may have begun it.
        var meaning = ofService(status, HeaderLookup.NONE, error);
        return meaning instanceof NoRoom room && room.overloaded()
                ? new Failed(status, error)
                : meaning;
    }

    /** The status that an error names in place of the one it should have come under. */
    private static OptionalInt statusIn(ServiceError error) {
        for (var label : error.labels()) {
            if (label.length() == 3 && (label.charAt(0) == '4' || label.charAt(0) == '5')) {
                try {
                    return OptionalInt.of(Integer.parseInt(label));
                } catch (NumberFormatException _) {
                    // A word of three letters.
                }
            }
        }
        return error.labels().stream()
                .map(ErrorReading::statusOf)
                .filter(status -> status > 0)
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    /**
     * The status under which a published error type travels, with the names that the OpenAI family
     * has for the same.
     *
     * @param type in any spelling of its case
     * @return 0 for a type that nobody published
     */
    public static int statusOf(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "invalid_request_error", "badrequesterror", "invalid_argument" -> 400;
            case "authentication_error", "unauthenticated" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error", "notfounderror", "model_not_found" -> 404;
            case "conflict_error" -> 409;
            case "request_too_large" -> 413;
            case "rate_limit_error", "rate_limit_exceeded", "resource_exhausted" -> 429;
            case "api_error", "server_error", "internalservererror" -> 500;
            case "timeout_error" -> 504;
            case "overloaded_error" -> 529;
            default -> 0;
        };
    }

    private static ServiceError withHeaders(ServiceError error, HeaderLookup headers) {
        // Amazon says there of which kind it is.
        var type = headers.first("x-amzn-errortype").map(value -> value.split(":", 2)[0].strip());
        var id =
                headers.first("request-id")
                        .or(() -> headers.first("x-request-id"))
                        .map(String::strip)
                        .filter(ServiceError::isRequestId);
        return error.with(type.orElse(""), id.orElse(null));
    }

    // Ours

    private static @Nullable Cause causeOfOurs(
            int status, HeaderLookup headers, ServiceError error) {
        if (error.isLabeledAny(AccountWords.UPSTREAM_OF_UPSTREAM)) {
            return Cause.UPSTREAM_OF_UPSTREAM;
        }
        if (status >= 500 || status == 408 || status == 409) {
            // A fault may name whatever it likes: what is wrong with us comes as a refusal.
            return null;
        }
        var said = AccountWords.cause(status, error);
        if (said != null) {
            return said;
        }
        return switch (status) {
            // The page of a login or a paywall is not the service's.
            case 401 -> isPage(error) ? Cause.WRONG_URL : Cause.CREDENTIAL;
            case 402 -> isPage(error) ? Cause.WRONG_URL : Cause.NO_MONEY;
            case 407 -> Cause.WRONG_URL;
            // How a spend cap looks (wire contract, section 3.1).
            case 429 -> shouldRetry(headers).equals("false") ? Cause.SPEND_LIMIT : null;
            default -> null;
        };
    }

    private static boolean isPage(ServiceError error) {
        return error.envelope() == Envelope.MARKUP;
    }

    // The service's own words

    private static ErrorMeaning ofService(int status, HeaderLookup headers, ServiceError error) {
        if (RequestWords.isContextExceeded(error)) {
            return new OfRequest(Fault.CONTEXT_EXCEEDED, status, error);
        }
        if ((status == 404 || status == 405) && RequestWords.isAboutPath(error)) {
            return new Ours(Cause.WRONG_URL, status, error);
        }
        var shouldRetry = shouldRetry(headers);
        boolean passing = isPassing(status) || isNoRoom(status, error);
        if (passing && shouldRetry.equals("false")) {
            return new OfRequest(Fault.NOT_TO_BE_RETRIED, status, error);
        }
        if (isNoRoom(status, error)) {
            return new NoRoom(isOverloaded(status, error), status, error);
        }
        return passing || shouldRetry.equals("true")
                ? new Failed(status, error)
                : new OfRequest(fault(status), status, error);
    }

    /**
     * 503 too: of an API it says that there is no room, or that the model is still being loaded.
     * What lacks for a while is said under 498 by Groq.
     */
    private static boolean isNoRoom(int status, ServiceError error) {
        boolean fault = error.isLabeledAny(RequestWords.FAULTS_UNDER_503);
        return status == 429 || status == 529 || status == 498 || (status == 503 && !fault);
    }

    private static boolean isOverloaded(int status, ServiceError error) {
        return status != 429 || error.isLabeledAny(RequestWords.OVERLOADED);
    }

    /** TGI and Bedrock say with 424 that the model failed; 499 is a client's that has gone. */
    private static boolean isPassing(int status) {
        return status >= 500
                || status == 408
                || status == 409
                || status == 424
                || status == 425
                || status == 499;
    }

    private static Fault fault(int status) {
        return switch (status) {
            case 403 -> Fault.NOT_PERMITTED;
            case 404 -> Fault.NOT_FOUND;
            case 413 -> Fault.TOO_LARGE;
            default -> Fault.INVALID;
        };
    }

    // What a framework, a gateway or a proxy may have said as well

    private static ErrorMeaning ofOthers(int status, HeaderLookup headers, ServiceError error) {
        boolean inWords = !error.message().isEmpty();
        return switch (status) {
            case 413 -> new OfRequest(Fault.TOO_LARGE, status, error);
            case 429, 529 -> new NoRoom(status == 529, status, error);
            case 400, 422 -> {
                // A page behind a 400 is a proxy's; words are likely to be of the parser of the
                // service, whose routes answer in its envelope only once the body is read.
                if (!inWords) {
                    yield new Lost(status, error);
                }
                yield shouldRetry(headers).equals("true")
                        ? new Failed(status, error)
                        : ofRequest(status, error);
            }
            case 403, 404 ->
                    RequestWords.isAboutModel(error)
                            ? new OfRequest(fault(status), status, error)
                            : new Ours(Cause.WRONG_URL, status, error);
            case 405, 410 -> new Ours(Cause.WRONG_URL, status, error);
            case 408, 409, 424, 425 -> new Failed(status, error);
            default ->
                    RequestWords.isContextExceeded(error)
                            ? new OfRequest(Fault.CONTEXT_EXCEEDED, status, error)
                            : new Lost(status, error);
        };
    }

    private static OfRequest ofRequest(int status, ServiceError error) {
        return new OfRequest(
                RequestWords.isContextExceeded(error) ? Fault.CONTEXT_EXCEEDED : Fault.INVALID,
                status,
                error);
    }

    private static String shouldRetry(HeaderLookup headers) {
        return headers.first("x-should-retry").orElse("").strip();
    }
}
