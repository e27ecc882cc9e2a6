package dev.nightmail.upstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.Secret;
import dev.nightmail.wire.error.Envelope;
import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.error.ErrorMeaning.Cause;
import dev.nightmail.wire.error.ErrorMeaning.Failed;
import dev.nightmail.wire.error.ErrorMeaning.Fault;
import dev.nightmail.wire.error.ErrorMeaning.Lost;
import dev.nightmail.wire.error.ErrorMeaning.NoRoom;
import dev.nightmail.wire.error.ErrorMeaning.OfRequest;
import dev.nightmail.wire.error.ErrorMeaning.Ours;
import dev.nightmail.wire.error.ErrorReading;
import dev.nightmail.wire.error.HeaderLookup;
import dev.nightmail.wire.error.Redaction;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the errors of one upstream are told, whichever API it speaks: to clients in the words of the
 * service, which never hold our key; to the log as a reason that says what to look at.
 */
public final class UpstreamErrors {

    /** Of the words that a reason repeats: a log's line stays one that can be read. */
    private static final int REASON_WORDS_MAX = 300;

    private static final Pattern KEY =
            Pattern.compile("\\b(?:sk|ak|pk|gsk|xai|nvapi|hf)[-_][\\w*.-]{3,200}");

    private final String upstream;
    private final URI url;
    private final Redaction key;
    private final Redaction keyAndAddress;

    public UpstreamErrors(String upstream, URI url, @Nullable Secret apiKey) {
        this.upstream = upstream;
        this.url = url;
        this.key = apiKey == null ? Redaction.NONE : Redaction.of(apiKey.reveal());
        var authority = url.getRawAuthority();
        this.keyAndAddress = authority == null ? key : key.and(authority, upstream);
    }

    /**
     * An error response for a client that waits.
     *
     * @param headers of our own making
     */
    public record Told(int status, Map<String, String> headers, JsonBytes body) {
        public Told {
            headers = Map.copyOf(headers);
        }
    }

    /** Reads an answer whose status is no success. */
    public static ErrorMeaning read(int status, HttpHeaders headers, byte[] body) {
        return ErrorReading.read(status, headers::first, body);
    }

    /** An answer under a status of success that is not of this API: a page, say. */
    public static Ours foreign(int status, byte[] body) {
        return new Ours(
                Cause.WRONG_URL, status, ErrorReading.read(404, HeaderLookup.NONE, body).error());
    }

    /**
     * The type under which a request is settled by an error. Of one that is ours too: it counts for
     * the request as soon as the service serves others.
     */
    public static ErrorType type(ErrorMeaning meaning) {
        return switch (meaning) {
            case Ours(var cause, var status, var _) ->
                    switch (cause) {
                        case CREDENTIAL, ON_HOLD -> ErrorType.PERMISSION_ERROR;
                        case NO_MONEY, SPEND_LIMIT -> ErrorType.BILLING_ERROR;
                        case WRONG_URL ->
                                switch (status) {
                                    case 403 -> ErrorType.PERMISSION_ERROR;
                                    case 404, 405, 410 -> ErrorType.NOT_FOUND_ERROR;
                                    default -> ErrorType.API_ERROR;
                                };
                        case UPSTREAM_OF_UPSTREAM -> ErrorType.API_ERROR;
                    };
            case OfRequest(var fault, var status, var _) ->
                    switch (fault) {
                        case INVALID, CONTEXT_EXCEEDED -> ErrorType.INVALID_REQUEST_ERROR;
                        case TOO_LARGE -> ErrorType.REQUEST_TOO_LARGE;
                        case NOT_FOUND -> ErrorType.NOT_FOUND_ERROR;
                        case NOT_PERMITTED -> ErrorType.PERMISSION_ERROR;
                        case NOT_TO_BE_RETRIED -> ErrorType.ofStatus(status);
                    };
            case NoRoom(var _, var status, var _) ->
                    status == 429 ? ErrorType.RATE_LIMIT_ERROR : ErrorType.OVERLOADED_ERROR;
            case Failed(var status, var _) -> ofFault(status);
            case Lost(var status, var _) -> status < 500 ? ErrorType.API_ERROR : ofFault(status);
        };
    }

    /**
     * Whether a call that came to this may have to be paid for, if it failed: a proxy says so (504,
     * and 524 at Cloudflare) when it has stopped waiting for a service that goes on working.
     */
    public static boolean mayHaveCost(ErrorMeaning meaning) {
        return meaning.status() == 504 || meaning.status() == 524;
    }

    private static ErrorType ofFault(int status) {
        var type = ErrorType.ofStatus(status);
        return type.status() >= 500 || type == ErrorType.CONFLICT_ERROR
                ? type
                : ErrorType.API_ERROR;
    }

    /** For clients: the service's words if it has any. */
    public String message(ErrorMeaning meaning, HttpHeaders headers) {
        var words = meaning.error().message();
        return words.isEmpty()
                ? wordless(meaning.status(), headers)
                : "upstream %s: %s"
                        .formatted(
                                upstream,
                                meaning instanceof Ours
                                        ? withoutKeys(keyAndAddress.in(words))
                                        : keyAndAddress.in(words));
    }

    /** Services show the ends of a key they refuse: whose it is, is nobody's business either. */
    private static String withoutKeys(String words) {
        return KEY.matcher(words).replaceAll(Redaction.HIDDEN);
    }

    private String wordless(int status, HttpHeaders headers) {
        if (status >= 300 && status < 400) {
            return "upstream %s answered with a redirect (%d), which is not followed"
                    .formatted(upstream, status);
        }
        return "upstream %s answered with status %d and a body that is not an API error (content type %s)"
                .formatted(upstream, status, shownContentType(headers));
    }

    /**
     * A whole error response by which a request can be settled.
     *
     * @param body as it came: if it has the wire's shape, it is passed on
     */
    public JsonBytes body(ErrorMeaning meaning, HttpHeaders headers, byte[] body) {
        var error = meaning.error();
        if (error.envelope() == Envelope.MESSAGES_API && keepsItsShape(meaning)) {
            var shown = key.in(new String(body, UTF_8)).getBytes(UTF_8);
            var completed = ErrorBody.completed(shown, error.requestId());
            if (completed.isPresent() && !ErrorBody.holds(completed.get().array(), key)) {
                return completed.get();
            }
        }
        return ErrorBody.of(
                type(meaning),
                message(meaning, headers),
                error.requestId() == null ? null : key.in(error.requestId()));
    }

    /** Not what is read otherwise than its type says. */
    private static boolean keepsItsShape(ErrorMeaning meaning) {
        return !(meaning instanceof Ours)
                && !(meaning instanceof OfRequest(var fault, var _, var error)
                        && fault == Fault.CONTEXT_EXCEEDED
                        && ErrorReading.statusOf(error.type()) != 400);
    }

    /** For a client that waits. */
    public Told told(ErrorMeaning meaning, HttpHeaders headers, byte[] body) {
        if (meaning instanceof Ours ours && !isAboutEndpoint(ours)) {
            // Not the status itself: it is our key that is wrong, not the client's.
            return new Told(
                    ErrorType.BAD_GATEWAY,
                    Map.of("x-should-retry", "false"),
                    notServed(upstream, ours.status()));
        }
        return new Told(status(meaning), Map.of(), body(meaning, headers, body));
    }

    /**
     * Not every service of these APIs counts tokens or lists models: so it is the client's answer.
     */
    private static boolean isAboutEndpoint(Ours ours) {
        return ours.cause() == Cause.WRONG_URL && (ours.status() == 404 || ours.status() == 405);
    }

    /** For a client that waits, of an upstream that does not serve us. */
    public static JsonBytes notServed(String upstream, int status) {
        return ErrorBody.of(
                ErrorType.API_ERROR,
                "upstream %s does not serve this server (status %d): its key, its account or its URL has to be looked at"
                        .formatted(upstream, status),
                null,
                ErrorReading.UPSTREAM_UNAUTHORIZED);
    }

    /**
     * The status itself where it says to a client what it says to us.
     *
     * @param meaning ours only if {@link #isAboutEndpoint}
     */
    private static int status(ErrorMeaning meaning) {
        int status = meaning.status();
        return switch (meaning) {
            case Ours _ -> status;
            case OfRequest(var fault, var _, var _) ->
                    status < 400 || fault == Fault.CONTEXT_EXCEEDED
                            ? type(meaning).status()
                            : status;
            case NoRoom _ ->
                    status == 429 || status == 503 || status == 529
                            ? status
                            : ErrorType.OVERLOADED_ERROR.status();
            case Failed _ ->
                    (status >= 500 && status < 600) || status == 408 || status == 409
                            ? status
                            : ErrorType.BAD_GATEWAY;
            case Lost _ -> status >= 500 && status < 600 ? status : ErrorType.BAD_GATEWAY;
        };
    }

    /** For the log: what came and what to look at. */
    public String reason(Ours ours, HttpHeaders headers) {
        return switch (ours.cause()) {
            case CREDENTIAL, NO_MONEY, ON_HOLD, SPEND_LIMIT ->
                    "status %d%s: look at upstreams.%s.api-key and at the account it belongs to%s"
                            .formatted(ours.status(), kind(ours), upstream, quoted(ours));
            case UPSTREAM_OF_UPSTREAM ->
                    "status %d: the upstream of upstream %s does not serve it, which has to be mended there%s"
                            .formatted(ours.status(), upstream, quoted(ours));
            case WRONG_URL ->
                    ours.status() >= 300 && ours.status() < 400
                            ? redirected(ours.status(), headers)
                            : "status %d with content type %s, which is not this API: is %s (upstreams.%s.url) where it is?%s"
                                    .formatted(
                                            ours.status(),
                                            shownContentType(headers),
                                            url,
                                            upstream,
                                            quoted(ours));
        };
    }

    private static String kind(Ours ours) {
        var error = ours.error();
        var word = error.code().isEmpty() || isNumber(error.code()) ? error.type() : error.code();
        var shown = word.isEmpty() ? error.code() : word;
        return shown.matches("[A-Za-z0-9_.-]{1,64}") ? " (" + shown + ")" : "";
    }

    private static boolean isNumber(String code) {
        return code.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** What is said of our account repeats no prompt; a page of anything has no words. */
    private String quoted(Ours ours) {
        var words =
                withoutKeys(key.in(ours.error().message()))
                        .replaceAll("[\\p{Cntrl}\\s\"]+", " ")
                        .strip();
        if (words.isEmpty()) {
            return "";
        }
        return "; it says: "
                + (words.length() > REASON_WORDS_MAX
                        ? words.substring(0, REASON_WORDS_MAX) + "…"
                        : words);
    }

    private String redirected(int status, HttpHeaders headers) {
        return "status %d, a redirect%s, which is not followed: set upstreams.%s.url to where the API is"
                .formatted(
                        status,
                        headers.first("location")
                                .flatMap(this::target)
                                .map(target -> " to " + target)
                                .orElse(""),
                        upstream);
    }

    /** Where a redirect leads, without its query: that may hold what is not ours to show. */
    private Optional<String> target(String location) {
        try {
            var target = url.resolve(location.strip());
            return Optional.ofNullable(target.getHost())
                    .map(_ -> target.getScheme() + "://" + hostAndPort(target) + target.getPath());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String hostAndPort(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    /** Without its parameters, in lower case. */
    public static Optional<String> contentType(HttpHeaders headers) {
        return headers.first("content-type")
                .map(value -> value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .filter(value -> value.length() <= 64);
    }

    /** As above, for a message or the log. */
    public static String shownContentType(HttpHeaders headers) {
        return contentType(headers).orElse("not given");
    }

    public static boolean isEventStream(HttpHeaders headers) {
        return contentType(headers).map("text/event-stream"::equals).orElse(false);
    }

    /** Whether a 2xx answer is of a kind these APIs give: JSON, an event stream, or unsaid. */
    public static boolean hasForeignType(HttpHeaders headers) {
        return contentType(headers)
                .map(type ->
                        !type.equals("application/json")
                                && !type.equals("text/event-stream")
                                && !type.endsWith("+json"))
                .orElse(false);
    }
}
