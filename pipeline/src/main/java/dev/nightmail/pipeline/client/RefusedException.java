package dev.nightmail.pipeline.client;

import org.jspecify.annotations.Nullable;

/** The endpoint answered with an error, after as many tries as were worth it. */
public final class RefusedException extends EndpointException {

    private final int status;
    private final String type;
    private final String apiMessage;
    private final @Nullable String requestId;

    RefusedException(
            String operation,
            int status,
            String type,
            String apiMessage,
            @Nullable String requestId) {
        super(
                operation
                        + " was refused: "
                        + status
                        + " "
                        + type
                        + ": "
                        + apiMessage
                        + (requestId == null ? "" : " (request " + requestId + ")"),
                null);
        this.status = status;
        this.type = type;
        this.apiMessage = apiMessage;
        this.requestId = requestId;
    }

    public int status() {
        return status;
    }

    /** The API's error type, such as {@code invalid_request_error}. */
    public String type() {
        return type;
    }

    public String apiMessage() {
        return apiMessage;
    }

    public @Nullable String requestId() {
        return requestId;
    }
}
