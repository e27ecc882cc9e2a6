package dev.nightmail.core.request;

import dev.nightmail.core.json.JsonBytes;
import java.util.Optional;

/**
 * Looks at a request's params when its turn has come, for what no request of a batch may ask. What
 * an upstream checks for itself is left to it. Safe for many threads.
 */
public interface RequestCheck {

    /**
     * @return a whole {@code invalid_request_error} response, if the request must not be sent
     */
    Optional<JsonBytes> problem(JsonBytes params, ApiVersion version);
}
