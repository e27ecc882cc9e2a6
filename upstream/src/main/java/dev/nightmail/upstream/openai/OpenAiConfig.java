package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.http.Secret;
import dev.nightmail.upstream.http.ServiceUrl;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A service that speaks the Chat Completions API.
 *
 * @param name as it is called in configuration, logs and messages
 * @param url where the API starts, such as {@code http://localhost:8000/v1}: {@code
 *     /chat/completions} is appended
 * @param apiKey sent as a bearer token; null sends none
 * @param userAgent such as {@code nightmail/0.1.0}
 * @param answerBytesMax the longest answer that is kept in memory
 */
public record OpenAiConfig(
        String name,
        URI url,
        @Nullable Secret apiKey,
        MaxTokensField maxTokensField,
        String userAgent,
        int answerBytesMax) {

    /** Far above any answer in text. */
    public static final int ANSWER_BYTES_MAX = 64 << 20;

    public OpenAiConfig {
        ServiceUrl.require(name, url, "http://localhost:8000/v1 or https://api.openai.com/v1");
        if (answerBytesMax < 1) {
            throw new IllegalArgumentException("the bound of an answer must be positive");
        }
    }

    public OpenAiConfig(String name, URI url, @Nullable Secret apiKey, String userAgent) {
        this(name, url, apiKey, MaxTokensField.MAX_TOKENS, userAgent, ANSWER_BYTES_MAX);
    }
}
