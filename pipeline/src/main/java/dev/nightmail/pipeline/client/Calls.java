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
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
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
        /**
         * The call makes something: again only if it never left, or the answer says that nothing
         * was taken.
         */
        ONLY_IF_NOTHING_WAS_TAKEN
    }

    /** A page of 1000 batches is half a megabyte; nothing that is read whole comes near this. */
    private static final int ANSWER_BYTES_MAX = 16 * 1024 * 1024;

    /** No server is obeyed beyond this, so that a mad header cannot stop a run for a day. */
    private static final Duration RETRY_AFTER_MAX = Duration.ofMinutes(15);

    private final Endpoint endpoint;
    private final ClientLimits limits;
    private final Pause pause;
    private final RandomGenerator random;
    private final HttpClient http;

    Calls(Endpoint endpoint, ClientLimits limits, Pause pause, RandomGenerator random) {
        this.endpoint = endpoint;
        this.limits = limits;
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
        for (int attempt = 1; ; attempt++) {
            var last = attempt >= limits.attemptsMax();
            OptionalLong retryAfterMillis;
            try {
                var response = guarded(http.send(request, BodyHandlers.ofInputStream()));
                if (response.status() / 100 == 2) {
                    return reading.read(response);
                }
                var refusal = refusal(operation, response);
                if (!worthRepeating(response)) {
                    throw refusal;
                }
                if (repeat == Repeat.ONLY_IF_NOTHING_WAS_TAKEN
                        && !saysNothingWasTaken(response.status())) {
                    throw new AnswerLostException(
                            operation
                                    + " was answered with "
                                    + response.status()
                                    + ", which does not say whether it was done",
                            refusal);
                }
                if (last) {
                    throw refusal;
                }
                retryAfterMillis = retryAfterMillis(response);
            } catch (IOException | UnresolvedAddressException e) {
                var neverLeft = neverLeft(e);
                if (repeat == Repeat.ONLY_IF_NOTHING_WAS_TAKEN && !neverLeft) {
                    throw new AnswerLostException(
                            operation
                                    + " got no answer from "
                                    + endpoint.base()
                                    + " ("
                                    + phase(e)
                                    + ")",
                            e);
                }
                if (last) {
                    throw unanswered(operation, request, neverLeft, e);
                }
                retryAfterMillis = OptionalLong.empty();
            }
            pause.pause(delay(attempt, retryAfterMillis));
        }
    }

    private EndpointException unanswered(
            String operation, HttpRequest request, boolean neverLeft, Exception e) {
        var message = operation + " failed: " + endpoint.base() + " " + phase(e);
        var creates = request.headers().firstValue("idempotency-key").isPresent();
        return creates && !neverLeft
                ? new AnswerLostException(message, e)
                : new UnreachableException(message, e);
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
        var message = error.path("error").path("message").asString("no message");
        if (response.status() / 100 == 3) {
            message =
                    "the endpoint redirects to "
                            + response.headers().firstValue("location").orElse("elsewhere")
                            + ": use that address as the endpoint";
        }
        return new RefusedException(
                operation,
                response.status(),
                error.path("error").path("type").asString("error"),
                message,
                response.headers()
                        .firstValue("request-id")
                        .or(() -> error.path("request_id").stringValueOpt())
                        .orElse(null));
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
     * Overload is told before work is taken on; a 500, 502 or 504 may come from a gateway whose
     * server went on.
     */
    private static boolean saysNothingWasTaken(int status) {
        return status == 429 || status == 503 || status == 529;
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

    private static OptionalLong retryAfterMillis(Answer response) {
        var millis = number(response, "retry-after-ms");
        var seconds = number(response, "retry-after");
        if (millis == null && seconds == null) {
            return OptionalLong.empty();
        }
        var wanted =
                millis == null && seconds != null ? seconds * 1000 : millis == null ? 0 : millis;
        return OptionalLong.of((long) Math.clamp(wanted, 0, (double) RETRY_AFTER_MAX.toMillis()));
    }

    private static @Nullable Double number(Answer response, String header) {
        try {
            return response.headers().firstValue(header).map(Double::valueOf).orElse(null);
        } catch (NumberFormatException _) {
            // An HTTP date; our own back-off will do.
            return null;
        }
    }

    private Duration delay(int attempt, OptionalLong retryAfterMillis) {
        var doubled = limits.retryDelayMin().multipliedBy(1L << Math.min(attempt - 1, 20));
        var longest =
                doubled.compareTo(limits.retryDelayMax()) < 0 ? doubled : limits.retryDelayMax();
        var own = (long) (longest.toMillis() * (1 - random.nextDouble() / 4));
        return Duration.ofMillis(Math.max(own, retryAfterMillis.orElse(0)));
    }
}
