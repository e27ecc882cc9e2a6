package dev.nightmail.config.section;

import dev.nightmail.config.yaml.YamlValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What may stand behind a key: how it is read, and how a JSON Schema says so. */
public interface Kind<T> {

    /** The value; null if it is none, which is told to its problems. */
    @Nullable T read(YamlValue value);

    /**
     * Adds what may stand there to a JSON Schema (draft 2020-12).
     *
     * @param variables whether environment variables are put in, so that {@code ${NAME}} may stand
     *     for a number
     */
    void describe(ObjectNode schema, boolean variables);
}
