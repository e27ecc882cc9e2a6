package dev.nightmail.wire.error;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds an error's words in a body, in whichever envelope they came. */
final class ErrorEnvelopes {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Longer text is a page of something, not what an API says. */
    private static final int TEXT_LENGTH_MAX = 2_000;

    /** How deep errors that hold errors are followed: gateways wrap what they were told. */
    private static final int DEPTH_MAX = 6;

    private static final int PROBLEMS_MAX = 20;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private ErrorEnvelopes() {}

    /** What a body says that came under a status that is no success. */
    static ServiceError read(byte[] body) {
        var text = text(body);
        if (text.isEmpty()) {
            return ServiceError.silent(Envelope.NONE);
        }
        var json = json(text);
        if (json != null) {
            return of(json, DEPTH_MAX).orElseGet(() -> bare(json));
        }
        char first = text.charAt(0);
        if (first == '<') {
            return ServiceError.silent(Envelope.MARKUP);
        }
        // JSON that was cut, or far too much of anything.
        boolean plain = first != '{' && first != '[' && text.length() <= TEXT_LENGTH_MAX;
        return plain ? words(Envelope.TEXT, text) : ServiceError.silent(Envelope.NONE);
    }

    /**
     * The error that a body or an event holds which came under a success. A message or a detail
     * beside an answer is none, nor is an empty error object.
     */
    static Optional<ServiceError> readInAnswer(byte[] body) {
        var text = text(body);
        // Nearly every chunk of every stream: not worth a second reading.
        boolean mayHoldOne =
                text.contains("error") || text.contains("base_resp") || !text.contains("choices");
        var json = mayHoldOne ? json(text) : null;
        return json == null ? Optional.empty() : inAnswer(json).filter(ErrorEnvelopes::isSaid);
    }

    /**
     * Whoever adds a place to look at adds it to {@code ChatPayload.mayHoldError} in {@code
     * upstream} as well: an answer that has nothing in the places there never comes here.
     */
    private static Optional<ServiceError> inAnswer(JsonNode json) {
        if (json.isArray() && json.size() == 1) {
            return inAnswer(json.get(0));
        }
        if (json.isObject() && (json.has("error") || isError(json))) {
            return of(json, DEPTH_MAX).filter(ServiceError::isServicesOwn);
        }
        var ofChoice = json.path("choices").path(0).path("error");
        if (ofChoice.isObject()) {
            return Optional.of(ofObject(Envelope.ERROR_OBJECT, ofChoice, json, DEPTH_MAX));
        }
        var minimax = json.path("base_resp");
        if (minimax.path("status_code").asLong(0) != 0) {
            return Optional.of(ofObject(Envelope.ERROR_OBJECT, minimax, json, DEPTH_MAX));
        }
        return Optional.empty();
    }

    private static boolean isSaid(ServiceError error) {
        return !error.message().isBlank() || !error.type().isEmpty() || !error.code().isEmpty();
    }

    private static String text(byte[] body) {
        try {
            var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text)
                    .strip();
        } catch (CharacterCodingException _) {
            return "";
        }
    }

    private static @Nullable JsonNode json(String text) {
        if (text.isEmpty() || "{[\"".indexOf(text.charAt(0)) < 0) {
            return null;
        }
        try {
            return JSON.readTree(text);
        } catch (JacksonException _) {
            return null;
        }
    }

    /** A JSON string is plain text in quotes: FastAPI's and Starlette's habit. */
    private static ServiceError bare(JsonNode json) {
        return json.isString() && json.stringValue().length() <= TEXT_LENGTH_MAX
                ? words(Envelope.TEXT, json.stringValue().strip())
                : ServiceError.silent(Envelope.NONE);
    }

    private static ServiceError words(Envelope envelope, String message) {
        return new ServiceError(envelope, "", "", message, Set.of(), null, null);
    }

    private static Optional<ServiceError> of(JsonNode json, int depth) {
        if (depth == 0) {
            return Optional.empty();
        }
        if (json.isArray()) {
            return json.isEmpty() ? Optional.empty() : of(json.get(0), depth - 1);
        }
        if (!json.isObject()) {
            return Optional.empty();
        }
        var error = json.path("error");
        if (error.isObject()) {
            boolean messagesApi =
                    word(json, "type").equals("error")
                            && error.path("type").isString()
                            && error.path("message").isString();
            return Optional.of(
                    ofObject(
                            messagesApi ? Envelope.MESSAGES_API : Envelope.ERROR_OBJECT,
                            error,
                            json,
                            depth));
        }
        if (error.isString()) {
            return Optional.of(ofText(error.stringValue(), json, depth));
        }
        if (isError(json)) {
            return Optional.of(ofObject(Envelope.ERROR_OBJECT, json, json, depth));
        }
        if (json.has("detail")) {
            // The title of problem details says in general what the detail says.
            return said(Envelope.DETAIL, message(json.path("detail"), depth), json);
        }
        for (var name : List.of("message", "Message", "msg", "error_message", "errorMessage")) {
            var message = message(json.path(name), depth);
            if (!message.isEmpty()) {
                return said(Envelope.MESSAGE, message, json);
            }
        }
        // Cloudflare and others: a list of errors.
        var first = json.path("errors").path(0);
        if (first.isObject() || first.isString()) {
            return said(Envelope.MESSAGE, message(first, depth), json);
        }
        return Optional.empty();
    }

    /**
     * Whether an object is an error itself: it says so, or has a message with a type or a code
     * (Mistral, SGLang, Cerebras).
     */
    private static boolean isError(JsonNode json) {
        return word(json, "object").equals("error")
                || (json.has("message")
                        && !json.has("choices")
                        && (json.path("type").isString() || json.has("code")));
    }

    private static Optional<ServiceError> said(Envelope envelope, String message, JsonNode json) {
        return message.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ServiceError(
                                envelope,
                                word(json, "type"),
                                word(json, "code"),
                                message,
                                labels(json, json),
                                requestId(json, json),
                                null));
    }

    private static ServiceError ofText(String text, JsonNode body, int depth) {
        var inner = json(text.strip());
        if (inner != null) {
            var wrapped = of(inner, depth - 1);
            if (wrapped.isPresent()) {
                return wrapped.get();
            }
        }
        return new ServiceError(
                Envelope.ERROR_TEXT,
                word(body, "error_type"),
                word(body, "code"),
                text.strip(),
                labels(body, body),
                requestId(body, body),
                null);
    }

    private static ServiceError ofObject(
            Envelope envelope, JsonNode error, JsonNode body, int depth) {
        var labels = labels(error, body);
        var message = message(error, depth);
        // What the provider behind a gateway said: the gateway itself says only that it did.
        var raw = error.path("metadata").path("raw");
        var wrapped = wrapped(raw, depth);
        if (wrapped != null) {
            labels.addAll(wrapped.labels());
            message = joined(message, wrapped.message());
        } else if (raw.isString() && raw.stringValue().length() <= TEXT_LENGTH_MAX) {
            message = joined(message, raw.stringValue().strip());
        }
        // The same in the message, whole.
        var inMessage = json(message);
        if (inMessage != null) {
            var inner = of(inMessage, depth - 1);
            if (inner.isPresent()) {
                labels.addAll(inner.get().labels());
                message = inner.get().message();
            }
        }
        var detailed = word(error.path("details"), "error_code");
        var reason = reason(error.path("details"));
        var code = firstOf(detailed, reason, word(error, "code"), word(error, "status_code"));
        return new ServiceError(
                envelope,
                firstOf(word(error, "type"), word(error, "status")),
                code,
                message,
                labels,
                requestId(error, body),
                retryDelay(error.path("details")));
    }

    private static @Nullable ServiceError wrapped(JsonNode raw, int depth) {
        var json = raw.isString() ? json(raw.stringValue().strip()) : raw;
        return json == null ? null : of(json, depth - 1).orElse(null);
    }

    private static String joined(String message, String more) {
        if (message.isEmpty() || more.contains(message)) {
            return more;
        }
        return more.isEmpty() || message.contains(more) ? message : message + ": " + more;
    }

    /** The words in a text, an object that holds one, or a list of what is wrong where. */
    private static String message(JsonNode value, int depth) {
        if (value.isString()) {
            return value.stringValue().strip();
        }
        if (depth == 0) {
            return "";
        }
        if (value.isArray()) {
            var problems = new ArrayList<String>();
            for (int i = 0; i < Math.min(value.size(), PROBLEMS_MAX); i++) {
                var problem = problem(value.get(i), depth);
                if (!problem.isEmpty()) {
                    problems.add(problem);
                }
            }
            return String.join("; ", problems);
        }
        for (var name :
                List.of("message", "Message", "detail", "msg", "error", "status_msg", "title")) {
            var message = message(value.path(name), depth - 1);
            if (!message.isEmpty()) {
                return message;
            }
        }
        return "";
    }

    /** What is wrong and where; not the input, which may be a prompt. */
    private static String problem(JsonNode item, int depth) {
        var message = message(item, depth - 1);
        var place = new ArrayList<String>();
        item.path("loc").forEach(step -> place.add(step.asString("?")));
        return place.isEmpty() || message.isEmpty()
                ? message
                : String.join(".", place) + ": " + message;
    }

    private static Set<String> labels(JsonNode error, JsonNode body) {
        var labels = new LinkedHashSet<String>();
        for (var name : List.of("type", "code", "status", "status_code", "error_type", "reason")) {
            add(labels, word(error, name));
        }
        add(labels, word(body, "error_type"));
        add(labels, word(body, "code"));
        add(labels, word(error.path("details"), "error_code"));
        add(labels, reason(error.path("details")));
        return labels;
    }

    private static void add(Set<String> labels, String word) {
        if (!word.isEmpty()) {
            labels.add(word.toLowerCase(Locale.ROOT));
        }
    }

    /** Google's way to name a reason. */
    private static String reason(JsonNode details) {
        for (var detail : details) {
            var reason = word(detail, "reason");
            if (!reason.isEmpty()) {
                return reason;
            }
        }
        return "";
    }

    private static @Nullable Duration retryDelay(JsonNode details) {
        for (var detail : details) {
            var delay = word(detail, "retryDelay");
            if (delay.endsWith("s")) {
                return RetryAfter.seconds(delay.substring(0, delay.length() - 1)).orElse(null);
            }
        }
        return null;
    }

    private static @Nullable String requestId(JsonNode error, JsonNode body) {
        var id = firstOf(word(body, "request_id"), word(error, "request_id"));
        return ServiceError.isRequestId(id) ? id : null;
    }

    private static String firstOf(String... words) {
        for (var word : words) {
            if (!word.isEmpty()) {
                return word;
            }
        }
        return "";
    }

    private static String word(JsonNode object, String name) {
        var value = object.path(name);
        if (value.isString()) {
            return value.stringValue().strip();
        }
        return value.isIntegralNumber() ? value.asString() : "";
    }
}
