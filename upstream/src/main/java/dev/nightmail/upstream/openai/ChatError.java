package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.upstream.json.RawJson;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An error in one of the shapes these servers give it: an object below {@code error} (OpenAI, vLLM,
 * llama.cpp, Ollama), a text there, or an object of its own that says it is one (older vLLM,
 * Mistral).
 *
 * @param type empty if there is none; each server has types of its own
 * @param code a word or a number in words; empty if there is none
 */
record ChatError(String message, String type, String code) {

    static Optional<ChatError> read(byte[] body) {
        return RawJson.parse(body)
                .flatMap(json ->
                        json instanceof RawJson.Members object ? of(object) : Optional.empty());
    }

    static Optional<ChatError> of(RawJson.Members body) {
        return switch (body.members().get("error")) {
            case RawJson.Members error -> described(error);
            case RawJson.Text text -> Optional.of(new ChatError(text.value(), "", ""));
            case null, default ->
                    word(body, "object").equals("error") ? described(body) : Optional.empty();
        };
    }

    /**
     * An error in the words of FastAPI, on which many of these servers are built: a text, or a list
     * of what is wrong where. Routes that it does not have it refuses in the same shape, so that
     * this is for statuses that are about a request.
     */
    static Optional<ChatError> ofDetail(byte[] body) {
        var detail =
                RawJson.parse(body)
                        .map(json ->
                                json instanceof RawJson.Members object
                                        ? object.members().get("detail")
                                        : null)
                        .orElse(null);
        var message =
                switch (detail) {
                    case RawJson.Text text -> text.value();
                    case RawJson.Items list ->
                            list.items().stream()
                                    .flatMap(ChatError::problem)
                                    .collect(Collectors.joining("; "));
                    case null, default -> "";
                };
        return message.isEmpty() ? Optional.empty() : Optional.of(new ChatError(message, "", ""));
    }

    /** What is wrong and where; not the input, which may be a prompt. */
    private static Stream<String> problem(RawJson item) {
        if (!(item instanceof RawJson.Members problem) || problem.text("msg") == null) {
            return Stream.empty();
        }
        var place =
                problem.items("loc").stream().map(ChatError::step).collect(Collectors.joining("."));
        var message = word(problem, "msg");
        return Stream.of(place.isEmpty() ? message : place + ": " + message);
    }

    private static String step(RawJson part) {
        return switch (part) {
            case RawJson.Text name -> name.value();
            case RawJson.Numeral index when index.isLong() -> Long.toString(index.longValue());
            default -> "?";
        };
    }

    private static Optional<ChatError> described(RawJson.Members error) {
        return error.text("message") == null
                ? Optional.empty()
                : Optional.of(
                        new ChatError(
                                word(error, "message"), word(error, "type"), word(error, "code")));
    }

    private static String word(RawJson.Members object, String name) {
        var text = object.text(name);
        if (text != null) {
            return text.value();
        }
        var number = object.count(name);
        return number.isPresent() ? Long.toString(number.getAsLong()) : "";
    }

    /**
     * Its kind, if the status it came under says nothing: that of its code, if this is a status.
     * Whose key is wrong there, or whose account is empty, is not the client's affair.
     */
    ErrorType typeOfCode() {
        var type = typeOfStatus();
        boolean ours = type == ErrorType.AUTHENTICATION_ERROR || type == ErrorType.BILLING_ERROR;
        return ours ? ErrorType.API_ERROR : type;
    }

    private ErrorType typeOfStatus() {
        if (code.length() == 3 && (code.charAt(0) == '4' || code.charAt(0) == '5')) {
            try {
                return ErrorType.ofStatus(Integer.parseInt(code));
            } catch (NumberFormatException _) {
                return ErrorType.API_ERROR;
            }
        }
        return ErrorType.API_ERROR;
    }

    /** Says of what kind, never what: a message may repeat a prompt. */
    @Override
    public String toString() {
        return "error " + type + " " + code;
    }
}
