package dev.nightmail.pipeline.client;

import dev.nightmail.wire.batch.CreateOutcome;
import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.error.ErrorReading;
import dev.nightmail.wire.error.HeaderLookup;
import dev.nightmail.wire.error.Redaction;
import dev.nightmail.wire.error.RetryAfter;
import dev.nightmail.wire.json.CreateReading;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    private final Endpoint endpoint;
    private final ClientLimits limits;
    private final InstantSource clock;
    private final Pause pause;
    private final RandomGenerator random;
    private final Consumer<String> retrying;
    private final AtomicBoolean retryTold = new AtomicBoolean();
    private final HttpClient http;
    private volatile @Nullable Set<String> honoured;

    Calls(
            Endpoint endpoint,
            ClientLimits limits,
            InstantSource clock,
            Pause pause,
            RandomGenerator random,
            Consumer<String> retrying) {
        this.endpoint = endpoint;
        this.limits = limits;
        this.clock = clock;
        this.pause = pause;
        this.random = random;
        this.retrying = retrying;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(limits.connectTimeout())
                        .build();
    }

    HttpRequest.Builder request(String pathAndQuery) {
        return request(pathAndQuery, CallTerms.STANDARD);
    }

    HttpRequest.Builder request(String pathAndQuery, CallTerms terms) {
        var request =
                HttpRequest.newBuilder(endpoint.at(pathAndQuery))
                        .timeout(limits.answerTimeout())
                        .header("x-api-key", endpoint.key().reveal())
                        .header("anthropic-version", terms.version())
                        .header("user-agent", "nightmail-pipeline");
        if (!terms.betas().isEmpty()) {
            request.header("anthropic-beta", String.join(",", terms.betas()));
        }
        return request;
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
                var body = read(response.body());
                var meaning =
                        ErrorReading.read(response.status(), lookup(response.headers()), body);
                var refusal =
                        new RefusedException(
                                operation, meaning, message(response, meaning), endpoint.base());
                mayBeMade |=
                        repeat.makesSomething()
                                && CreateReading.refused(meaning) instanceof CreateOutcome.InDoubt;
                failure = mayBeMade ? lost(operation, refusal) : refusal;
                last |= !refusal.mayPass();
                retryAfter = RetryAfter.of(lookup(response.headers()), clock).orElse(Duration.ZERO);
            } catch (IOException | UnresolvedAddressException e) {
                mayBeMade |= repeat.makesSomething() && !neverLeft(e);
                failure = unanswered(operation, mayBeMade, e);
            }
            if (last || (mayBeMade && repeat == Repeat.ONLY_IF_NOTHING_WAS_TAKEN)) {
                throw failure;
            }
            if (retryTold.compareAndSet(false, true)) {
                retrying.accept(failure.inBrief());
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

    private String message(Answer response, ErrorMeaning meaning) {
        if (response.status() / 100 == 3) {
            return "the endpoint redirects to "
                    + response.headers().firstValue("location").orElse("elsewhere")
                    + ": use that address as the endpoint";
        }
        var message = meaning.error().isServicesOwn() ? meaning.error().message() : "";
        return message.isEmpty()
                ? "not in the words of this API: is "
                        + endpoint.base()
                        + " a server of the Message Batches API?"
                : Redaction.of(endpoint.key().reveal()).in(message);
    }

    private static HeaderLookup lookup(HttpHeaders headers) {
        return headers::firstValue;
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
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "no such host is known";
            }
        }
        if (e instanceof ConnectException && e.getMessage() == null && hasNoWords(e.getCause())) {
            return "nobody listens there";
        }
        var cause = e.getMessage() == null && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? "without saying why" : cause.getMessage();
    }

    private static boolean hasNoWords(@Nullable Throwable e) {
        return e == null || (e.getMessage() == null && hasNoWords(e.getCause()));
    }

    static Optional<Long> wholeNumber(String value) {
        try {
            return Optional.of(Long.valueOf(value.strip()));
        } catch (NumberFormatException _) {
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
