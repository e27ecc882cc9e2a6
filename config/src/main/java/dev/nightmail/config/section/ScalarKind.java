package dev.nightmail.config.section;

import dev.nightmail.config.yaml.EnvironmentValues;
import dev.nightmail.config.yaml.YamlValue;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A single value: a text, a number, a length of time. It is read from a YAML value of the right
 * type, and from any text an environment variable was put into.
 *
 * @param allowed what may stand there, behind "must be"
 * @param isWritten whether a YAML value has the right type
 * @param parse empty for what may not stand there
 * @param description adds what may stand there to a JSON Schema
 */
public record ScalarKind<T>(
        String allowed,
        Predicate<JsonNode> isWritten,
        Function<String, Optional<T>> parse,
        Consumer<ObjectNode> description)
        implements Kind<T> {

    /** Reads a text from the command line or the environment, where there are no types. */
    public Optional<T> parsed(String text) {
        return parse.apply(text);
    }

    @Override
    public @Nullable T read(YamlValue value) {
        var node = value.node();
        var found =
                !value.isUnset() && (isWritten.test(node) || value.isFromVariable())
                        ? parse.apply(node.asString())
                        : Optional.<T>empty();
        if (found.isEmpty()) {
            value.wrongKind(allowed);
        }
        return found.orElse(null);
    }

    @Override
    public void describe(ObjectNode schema, boolean variables) {
        if (!variables) {
            description.accept(schema);
            return;
        }
        var forms = schema.putArray("anyOf");
        description.accept(forms.addObject());
        forms.addObject().put("type", "string").put("pattern", EnvironmentValues.PATTERN);
    }
}
