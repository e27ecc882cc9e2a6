package dev.nightmail.core.upstream;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of an upstream.
 *
 * @param body the client's own bytes, to arrive unchanged; ignored by endpoints that take none
 * @param betas values of {@code anthropic-beta}; one we do not know is passed on
 * @param timeout for the whole exchange
 */
public record Call(
        Endpoint endpoint,
        JsonBytes body,
        ApiVersion apiVersion,
        List<String> betas,
        @Nullable String userProfileId,
        Duration timeout) {

    public Call {
        betas = List.copyOf(betas);
    }

    /** What is called. */
    public sealed interface Endpoint {
        record Messages() implements Endpoint {}

        record CountTokens() implements Endpoint {}

        /**
         * @param query the raw query string, without {@code ?}; empty if there is none
         */
        record Models(String query) implements Endpoint {}

        record Model(String id) implements Endpoint {}
    }
}
