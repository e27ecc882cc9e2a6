package dev.nightmail.app.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The flags of a command line that stand for keys of the configuration. */
final class Flags {

    private final Map<String, String> given = new LinkedHashMap<>();

    /**
     * @param value null if the flag was not given
     */
    Flags put(String key, @Nullable String value) {
        if (value != null) {
            given.put(key, value);
        }
        return this;
    }

    /** The values of those that were, by key. */
    Map<String, String> given() {
        return given;
    }
}
