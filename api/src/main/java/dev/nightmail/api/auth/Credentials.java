package dev.nightmail.api.auth;

import dev.nightmail.api.auth.RefusedCall.Reason;
import dev.nightmail.core.key.KeySecret;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a call brings to say who it is.
 *
 * @param apiKeys values of {@code x-api-key}
 * @param authorizations values of the header that carries bearer tokens
 * @param workspace value of the header {@code anthropic-workspace-id}
 */
public record Credentials(
        List<String> apiKeys, List<String> authorizations, @Nullable String workspace) {

    private static final String BEARER = "bearer ";

    public Credentials {
        apiKeys = List.copyOf(apiKeys);
        authorizations = List.copyOf(authorizations);
    }

    /**
     * The one key that is presented, in whichever header.
     *
     * @throws RefusedCall if there is none, or more than one
     */
    KeySecret key() {
        Set<String> presented = new LinkedHashSet<>();
        for (var key : apiKeys) {
            presented.add(key.strip());
        }
        for (var authorization : authorizations) {
            if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                presented.add(authorization.substring(BEARER.length()).strip());
            }
        }
        presented.remove("");
        if (presented.isEmpty()) {
            throw RefusedCall.unauthenticated(
                    Reason.NO_KEY, null, "no API key: send x-api-key or Authorization: Bearer");
        }
        if (presented.size() > 1) {
            throw RefusedCall.unauthenticated(
                    Reason.SEVERAL_KEYS,
                    null,
                    "two different API keys: send one of x-api-key and Authorization: Bearer");
        }
        return KeySecret.presented(presented.iterator().next());
    }

    /** Holds keys. */
    @Override
    public String toString() {
        return "***";
    }
}
