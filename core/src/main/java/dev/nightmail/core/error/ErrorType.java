package dev.nightmail.core.error;

import java.util.Locale;

/** The published error types with the status each travels under. */
public enum ErrorType {
    INVALID_REQUEST_ERROR(400),
    AUTHENTICATION_ERROR(401),
    BILLING_ERROR(402),
    PERMISSION_ERROR(403),
    NOT_FOUND_ERROR(404),
    CONFLICT_ERROR(409),
    REQUEST_TOO_LARGE(413),
    RATE_LIMIT_ERROR(429),
    API_ERROR(500),
    TIMEOUT_ERROR(504),
    OVERLOADED_ERROR(529);

    /**
     * Under which a client gets an {@link #API_ERROR} where an upstream does not serve this server:
     * the fault is neither the client's nor ours alone, and a 401 would be taken for the client's.
     */
    public static final int BAD_GATEWAY = 502;

    private final int status;
    private final String wireName;

    ErrorType(int status) {
        this.status = status;
        this.wireName = name().toLowerCase(Locale.ROOT);
    }

    public int status() {
        return status;
    }

    public String wireName() {
        return wireName;
    }

    /**
     * The type of a status that came without one. Two statuses that are not published have a twin
     * that is: 408 is a timeout, 503 says of any web service that it has no room for now. Other 4xx
     * are bad requests, other 5xx faults.
     */
    public static ErrorType ofStatus(int status) {
        for (var type : values()) {
            if (type.status == status) {
                return type;
            }
        }
        return switch (status) {
            case 408 -> TIMEOUT_ERROR;
            case 503 -> OVERLOADED_ERROR;
            default -> status >= 400 && status < 500 ? INVALID_REQUEST_ERROR : API_ERROR;
        };
    }
}
