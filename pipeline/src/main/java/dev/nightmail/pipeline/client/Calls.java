package dev.nightmail.pipeline.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Carries calls out: headers, retries, timeouts by phase, and failures sorted by what they allow.
 */
final class Calls implements AutoCloseable {

    /** When a call that failed may be sent again. */
    enum Repeat {
        ALWAYS,
        /** The call makes something, under a key that keeps it from being made twice. */
        WITH_THE_SAME_KEY,
        /**
         * The call makes something: again only if it never left, or the answer says that nothing
         * was taken.
         */
        ONLY_IF_NOTHING_WAS_TAKEN;

        private boolean makesSomething() {
            return this != ALWAYS;
        }
    }

    /** A page of 1000 batches is half a megabyte; nothing that is read whole comes near this. */
    private static final int ANSWER_BYTES_MAX = 16 * 1024 * 1024;

    /** A Nightmail server says with every answer what it does beyond the API it speaks. */
    private static final String HONOURS = "nightmail-honours";

    /** No server is obeyed beyond this, so that a mad header cannot stop a run for a day. */
    private static final Duration RETRY_AFTER_MAX = Duration.ofMinutes(15);

    private static final Duration DATE_PRECISION = Duration.ofSeconds(1);

    private final Endpoint endpoint;
    private final ClientLimits limits;
    private final InstantSource clock;
    private final Pause pause;
    private final RandomGenerator random;
    private final HttpClient http;
    private volatile @Nullable Set<String> honoured;

    Calls(
            Endpoint endpoint,
            ClientLimits limits,
            InstantSource clock,
            Pause pause,
            RandomGenerator random) {
        this.endpoint = endpoint;
        this.limits = limits;
        this.clock = clock;
        this.pause = pause;
        this.random = random;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(limits.connectTimeout())
                        .build();
    }

    HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(endpoint.at(pathAndQuery))
                .timeout(limits.answerTimeout())
                .header("x-api-key", endpoint.key().reveal())
                .header("anthropic-version", "2023-06-01")
                .header("user-agent", "nightmail-pipeline");
    }

    /** The body of a successful answer, whole. */
    byte[] answer(String operation, HttpRequest request, Repeat repeat)
            throws InterruptedException {
        return withRetries(operation, request, repeat, response -> read(response.body()));
    }

    /** A successful answer whose body is still to be read and closed. */
    Answer stream(String operation, HttpRequest request, Repeat repeat)
            throws InterruptedException {
        return withRetries(operation, request, repeat, response -> response);
    }

    /** Whether the last success said that the server does so; null before the first. */
    @Nullable Boolean honours(Extension extension) {
        var words = honoured;
        return words == null ? null : words.contains(extension.word());
    }

    @Override
    public void close() {
        // Calls still under way are of no use to anybody once their client is closed.
        http.shutdownNow();
        http.close();
    }

    /** An answer whose body is still to be read, watched for silence. */
    record Answer(int status, HttpHeaders headers, InputStream body) {}

    private interface Reading<T> {
        T read(Answer response) throws IOException;
    }

    private <T> T withRetries(
            String operation, HttpRequest request, Repeat repeat, Reading<T> reading)
            throws InterruptedException {
        // Once a try may have been taken, no later refusal says any more that nothing was made.
        var mayBeMade = false;
        for (int attempt = 1; ; attempt++) {
            var last = attempt >= limits.attemptsMax();
            EndpointException failure;
            var retryAfter = Duration.ZERO;
            try {
                var response = guarded(http.send(request, BodyHandlers.ofInputStream()));
                if (response.status() / 100 == 2) {
                    // A failure may be a proxy's on the way, which says nothing of the server.
                    honoured = honoured(response.headers());
                    return reading.read(response);
                }
                var refusal = refusal(operation, response);
                mayBeMade |= repeat.makesSomething() && leavesOpen(response.status());
                failure = mayBeMade ? lost(operation, refusal) : refusal;
                last |= !refusal.mayPass();
                retryAfter = retryAfter(response.headers());
            } catch (IOException | UnresolvedAddressException e) {
                mayBeMade |= repeat.makesSomething() && !neverLeft(e);
                failure = unanswered(operation, mayBeMade, e);
            }
            if (last || (mayBeMade && repeat == Repeat.ONLY_IF_NOTHING_WAS_TAKEN)) {
                throw failure;
            }
            pause.pause(delay(attempt, retryAfter));
        }
    }

    private static Set<String> honoured(HttpHeaders headers) {
        return headers.allValues(HONOURS).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static AnswerLostException lost(String operation, RefusedException refusal) {
        return new AnswerLostException(
                operation
                        + " was answered with "
                        + refusal.brief()
                        + ", which does not say whether it was done",
                refusal);
    }

    private EndpointException unanswered(String operation, boolean mayBeMade, Exception e) {
        return mayBeMade
                ? new AnswerLostException(
                        operation
                                + " got no answer from "
                                + endpoint.base()
                                + ", which "
                                + phase(e),
                        e)
                : new UnreachableException(
                        operation + " failed: " + endpoint.base() + " " + phase(e), e);
    }

    private Answer guarded(HttpResponse<InputStream> response) {
        return new Answer(
                response.statusCode(),
                response.headers(),
                new GuardedStream(response.body(), limits.silenceTimeout()));
    }

    private static byte[] read(InputStream body) throws IOException {
        try (body) {
            var bytes = body.readNBytes(ANSWER_BYTES_MAX);
            if (body.read() >= 0) {
                throw new BrokenAnswerException(
                        "an answer is longer than " + ANSWER_BYTES_MAX + " bytes", null);
            }
            return bytes;
        }
    }

    private RefusedException refusal(String operation, Answer response) throws IOException {
        var error = error(read(response.body()));
        return new RefusedException(
                operation,
                response.status(),
                error.path("error").path("type").asString(""),
                message(response, error),
                response.headers()
                        .firstValue("request-id")
                        .or(() -> error.path("request_id").stringValueOpt())
                        .orElse(null),
                worthRepeating(response));
    }

    private String message(Answer response, JsonNode error) {
        if (response.status() / 100 == 3) {
            return "the endpoint redirects to "
                    + response.headers().firstValue("location").orElse("elsewhere")
                    + ": use that address as the endpoint";
        }
        var message = error.path("error").path("message").asString("");
        return message.isEmpty()
                ? "not in the words of this API: is "
                        + endpoint.base()
                        + " a server of the Message Batches API?"
                : message;
    }

    private static JsonNode error(byte[] body) {
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException _) {
            // A proxy in between answers in its own words; the status says enough.
            return MissingNode.getInstance();
        }
    }

    private static boolean worthRepeating(Answer response) {
        var advice = response.headers().firstValue("x-should-retry").orElse("");
        if (advice.equals("true") || advice.equals("false")) {
            return advice.equals("true");
        }
        return switch (response.status()) {
            case 408, 409, 429 -> true;
            default -> response.status() >= 500;
        };
    }

    /**
     * Whether a refusal leaves open if something was made. Overload is told before work is taken
     * on, and a full disk kept nothing; a 500, 502 or 504 may come from a gateway whose server went
     * on.
     */
    private static boolean leavesOpen(int status) {
        return switch (status) {
            case 503, 507, 529 -> false;
            case 408, 409 -> true;
            default -> status >= 500;
        };
    }

    private static boolean neverLeft(Exception e) {
        return e instanceof ConnectException
                || e instanceof HttpConnectTimeoutException
                || e instanceof UnresolvedAddressException;
    }

    private String phase(Exception e) {
        return switch (e) {
            case HttpConnectTimeoutException _ ->
                    "did not accept a connection within " + limits.connectTimeout();
            case HttpTimeoutException _ ->
                    "did not begin an answer within " + limits.answerTimeout();
            case ConnectException _, UnresolvedAddressException _ ->
                    "cannot be reached: " + reason(e);
            default -> "broke the connection: " + reason(e);
        };
    }

    private static String reason(Exception e) {
        var cause = e.getMessage() == null && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** What {@code retry-after-ms} or {@code retry-after} asks for; nothing if neither does. */
    private Duration retryAfter(HttpHeaders headers) {
        var asked =
                headers.firstValue("retry-after-ms")
                        .flatMap(Calls::number)
                        .map(millis -> Duration.ofMillis(millis.longValue()))
                        .or(() -> headers.firstValue("retry-after").flatMap(this::secondsOrDate))
                        .orElse(Duration.ZERO);
        if (asked.isNegative()) {
            return Duration.ZERO;
        }
        return asked.compareTo(RETRY_AFTER_MAX) < 0 ? asked : RETRY_AFTER_MAX;
    }

    private Optional<Duration> secondsOrDate(String value) {
        return number(value)
                .map(seconds -> Duration.ofMillis((long) (seconds * 1000)))
                .or(() -> untilDate(value));
    }

    static Optional<Long> wholeNumber(String value) {
        try {
            return Optional.of(Long.valueOf(value.strip()));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<Double> number(String value) {
        try {
            return Optional.of(Double.valueOf(value.strip())).filter(number -> !number.isNaN());
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** A date has whole seconds, so the wait is one longer than our clock says. */
    private Optional<Duration> untilDate(String value) {
        try {
            var date = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(
                    Duration.between(clock.instant(), date.toInstant()).plus(DATE_PRECISION));
        } catch (DateTimeParseException _) {
            // Neither seconds nor a date: our own back-off will do.
            return Optional.empty();
        }
    }

    private Duration delay(int attempt, Duration retryAfter) {
        var doubled = limits.retryDelayMin().multipliedBy(1L << Math.min(attempt - 1, 20));
        var longest =
                doubled.compareTo(limits.retryDelayMax()) < 0 ? doubled : limits.retryDelayMax();
        var own = Duration.ofMillis((long) (longest.toMillis() * (1 - random.nextDouble() / 4)));
        return own.compareTo(retryAfter) < 0 ? retryAfter : own;
    }
}
