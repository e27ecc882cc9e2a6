package dev.nightmail.api.auth;

import java.util.List;
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

    public Credentials {
        apiKeys = List.copyOf(apiKeys);
        authorizations = List.copyOf(authorizations);
    }

    /** Holds keys. */
    @Override
    public String toString() {
        return "***";
    }
}
