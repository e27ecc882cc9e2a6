package dev.nightmail.config.yaml;

import org.jspecify.annotations.Nullable;

/** A text is not YAML. The message is one line: where, and what to do. */
public final class YamlException extends RuntimeException {
    YamlException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
