package dev.nightmail.upstream.anthropic;

import dev.nightmail.upstream.http.Secret;
import dev.nightmail.upstream.http.ServiceUrl;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A service that speaks the Messages API.
 *
 * @param name as it is called in configuration, logs and messages
 * @param url where the API starts, with or without a path prefix; the paths {@code /v1/…} are
 *     appended, and a {@code /v1} or slashes at its end are taken for the same place
 * @param apiKey sent as {@code x-api-key}; null sends none
 * @param userAgent such as {@code nightmail/0.1.0}
 * @param answerBytesMax the longest answer that is kept in memory
 */
public record AnthropicConfig(
        String name, URI url, @Nullable Secret apiKey, String userAgent, int answerBytesMax) {

    /** A Message may hold 128,000 tokens and more, with images none: this is far above. */
    public static final int ANSWER_BYTES_MAX = 64 << 20;

    public AnthropicConfig {
        ServiceUrl.require(name, url, "https://api.anthropic.com or http://localhost:8080/prefix");
        if (answerBytesMax < 1) {
            throw new IllegalArgumentException("the bound of an answer must be positive");
        }
    }

    public AnthropicConfig(String name, URI url, @Nullable Secret apiKey, String userAgent) {
        this(name, url, apiKey, userAgent, ANSWER_BYTES_MAX);
    }
}
