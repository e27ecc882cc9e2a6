package dev.nightmail.upstream.openai;

import java.util.Locale;

/** What a server calls the bound of an answer. */
public enum MaxTokensField {
    /** Every server but the newest of OpenAI's own models. */
    MAX_TOKENS,
    /** OpenAI's reasoning models know this one only. */
    MAX_COMPLETION_TOKENS;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
