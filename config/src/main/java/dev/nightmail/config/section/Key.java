package dev.nightmail.config.section;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key of a section.
 *
 * @param description one sentence, for editors
 * @param absent what counts where the key is not there; null for nothing
 * @param written the same as an author would write it; null if there is no way to
 * @param remedy what to do where it is missing; null if it may be
 * @param verbatim whether dollar signs in it are the author's own, and no variables
 */
public record Key<T>(
        String name,
        Kind<T> kind,
        String description,
        @Nullable T absent,
        @Nullable JsonNode written,
        @Nullable String remedy,
        boolean verbatim) {

    public static <T> Key<T> of(String name, Kind<T> kind, String description) {
        return new Key<>(name, kind, description, null, null, null, false);
    }

    /**
     * This key, which must be there.
     *
     * @param give what to do if it is not, such as "give a text"
     */
    public Key<T> required(String give) {
        return new Key<>(name, kind, description, absent, written, give, verbatim);
    }

    /** This key with a default. */
    public Key<T> orElse(T value) {
        var json = JsonNodeFactory.instance;
        var shown =
                switch (value) {
                    case Boolean flag -> json.booleanNode(flag);
                    case Integer number -> json.numberNode(number);
                    default -> json.stringNode(value.toString());
                };
        return new Key<>(name, kind, description, value, shown, remedy, verbatim);
    }

    /** The same, where the default is written otherwise than it prints. */
    public Key<T> orElse(T value, String writtenAs) {
        if (kind instanceof ScalarKind<T> scalar
                && !scalar.parsed(writtenAs).equals(Optional.of(value))) {
            throw new IllegalArgumentException(
                    "%s: %s is not how %s is written".formatted(name, writtenAs, value));
        }
        var shown = JsonNodeFactory.instance.stringNode(writtenAs);
        return new Key<>(name, kind, description, value, shown, remedy, verbatim);
    }

    /** This key as one in which no variables are put in. */
    public Key<T> asWritten() {
        return new Key<>(name, kind, description, absent, written, remedy, true);
    }

    boolean isRequired() {
        return remedy != null;
    }

    void describe(ObjectNode schema, boolean variables) {
        kind.describe(schema, variables && !verbatim);
        schema.put("description", description);
        if (written != null) {
            schema.set("default", written);
        }
    }
}
