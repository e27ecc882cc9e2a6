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
 * @param as the name of the model there, in place of the one in the body; null if it stays
 * @param cachesPrefix whether the service is to be asked to keep the tools and the system prompt in
 *     its cache, which the body does not ask for
 */
public record Call(
        Endpoint endpoint,
        JsonBytes body,
        ApiVersion apiVersion,
        List<String> betas,
        @Nullable String userProfileId,
        Duration timeout,
        @Nullable String as,
        boolean cachesPrefix) {

    public Call {
        betas = List.copyOf(betas);
    }

    /** A call to be made as its body says. */
    public Call(
            Endpoint endpoint,
            JsonBytes body,
            ApiVersion apiVersion,
            List<String> betas,
            @Nullable String userProfileId,
            Duration timeout) {
        this(endpoint, body, apiVersion, betas, userProfileId, timeout, null, false);
    }

    /** The same under another name of the model. */
    public Call as(@Nullable String model) {
        return new Call(
                endpoint, body, apiVersion, betas, userProfileId, timeout, model, cachesPrefix);
    }

    /** The same at another endpoint. */
    public Call at(Endpoint other) {
        return new Call(other, body, apiVersion, betas, userProfileId, timeout, as, cachesPrefix);
    }

    /** The same with another body, in which what is to be cached is marked. */
    public Call withBody(JsonBytes other) {
        return new Call(endpoint, other, apiVersion, betas, userProfileId, timeout, as, false);
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
