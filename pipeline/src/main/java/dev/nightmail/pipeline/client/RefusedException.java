package dev.nightmail.pipeline.client;

import org.jspecify.annotations.Nullable;

/** The endpoint answered with an error, after as many tries as were worth it. */
public final class RefusedException extends EndpointException {

    private final int status;
    private final String type;
    private final String apiMessage;
    private final @Nullable String requestId;
    private final boolean mayPass;

    RefusedException(
            String operation,
            int status,
            String type,
            String apiMessage,
            @Nullable String requestId,
            boolean mayPass) {
        super(
                operation
                        + " was refused: "
                        + brief(status, type, apiMessage)
                        + (requestId == null ? "" : " (request " + requestId + ")"),
                null);
        this.status = status;
        this.type = type;
        this.apiMessage = apiMessage;
        this.requestId = requestId;
        this.mayPass = mayPass;
    }

    public int status() {
        return status;
    }

    /** The API's error type, such as {@code invalid_request_error}; empty if it gave none. */
    public String type() {
        return type;
    }

    public String apiMessage() {
        return apiMessage;
    }

    public @Nullable String requestId() {
        return requestId;
    }

    /** Whether the same call may be answered otherwise later: overload, rate limits, faults. */
    public boolean mayPass() {
        return mayPass;
    }

    String brief() {
        return brief(status, type, apiMessage);
    }

    private static String brief(int status, String type, String apiMessage) {
        return status + (type.isEmpty() ? "" : " " + type) + ": " + apiMessage;
    }
}
