package dev.nightmail.pipeline.prompt;

/** Which prompt a record was asked with: a SHA-256 in hexadecimal. */
public record PromptVersion(String value) {

    /** Enough of it to tell two versions apart by eye. */
    public String brief() {
        return value.substring(0, 12);
    }
}
