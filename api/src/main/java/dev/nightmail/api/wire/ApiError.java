package dev.nightmail.api.wire;

import dev.nightmail.core.error.ErrorType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is an error. The message names the field and what to do about it, and holds
 * nothing of a prompt, an answer or a key.
 */
public final class ApiError extends RuntimeException {

    private final int status;
    private final ErrorType type;
    private final @Nullable String code;
    private final Map<String, String> headers = new LinkedHashMap<>();

    private ApiError(int status, ErrorType type, String message, @Nullable String code) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
    }

    public static ApiError of(ErrorType type, String message) {
        return new ApiError(type.status(), type, message, null);
    }

    /** With a status of its own, not the type's usual one. */
    public static ApiError of(int status, ErrorType type, String message) {
        return new ApiError(status, type, message, null);
    }

    public static ApiError invalid(String message) {
        return of(ErrorType.INVALID_REQUEST_ERROR, message);
    }

    public static ApiError notFound(String message) {
        return of(ErrorType.NOT_FOUND_ERROR, message);
    }

    /** The same with a machine-readable {@code details.error_code}. */
    public ApiError withCode(String errorCode) {
        var error = new ApiError(status, type, message(), errorCode);
        error.headers.putAll(headers);
        return error;
    }

    /** The same with one more response header. */
    public ApiError withHeader(String name, String value) {
        var error = new ApiError(status, type, message(), code);
        error.headers.putAll(headers);
        error.headers.put(name, value);
        return error;
    }

    /** The same, saying that sending the call again is pointless. */
    public ApiError notWorthRetrying() {
        return withHeader("x-should-retry", "false");
    }

    public int status() {
        return status;
    }

    public ErrorType type() {
        return type;
    }

    public String message() {
        var message = getMessage();
        return message == null ? type.wireName() : message;
    }

    public @Nullable String code() {
        return code;
    }

    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }
}
