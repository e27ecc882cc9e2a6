package dev.nightmail.api.messages;

import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.error.ErrorType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An error response of an upstream that has no request id. */
final class UpstreamError {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private UpstreamError() {}

    /** The same error with our request id; one of the wire's shape, if it was none. */
    static byte[] signed(byte[] body, int status, String requestId) {
        try {
            if (MAPPER.readTree(body) instanceof ObjectNode error
                    && error.path("error").isObject()) {
                error.put("type", "error");
                error.put("request_id", requestId);
                return MAPPER.writeValueAsBytes(error);
            }
        } catch (JacksonException e) {
            // Not JSON: answered below.
        }
        return WireJson.error(
                ErrorType.ofStatus(status),
                "the upstream answered with status " + status,
                null,
                requestId);
    }
}
