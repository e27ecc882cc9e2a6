package dev.nightmail.pipeline.yaml;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts environment variables into the texts of a YAML file: {@code ${NAME}} stands for the variable
 * NAME, {@code $${NAME}} for the text {@code ${NAME}} itself. A value that was put in is not
 * searched for names again. Keys stay as they are.
 */
public final class EnvironmentValues {

    private static final Pattern REFERENCE =
            Pattern.compile("(\\$?)\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private final Function<String, Optional<String>> variables;
    private final List<String> problems;

    /**
     * @param variables empty for a name that is not set
     * @param problems told of every name that is not set, with the key that has it
     */
    public EnvironmentValues(Function<String, Optional<String>> variables, List<String> problems) {
        this.variables = variables;
        this.problems = problems;
    }

    /**
     * Changes a mapping in its place.
     *
     * @param verbatim keys at its top whose texts are left as they are
     */
    public void putInto(ObjectNode root, Set<String> verbatim) {
        for (var key : List.copyOf(root.propertyNames())) {
            if (!verbatim.contains(key)) {
                root.set(key, resolved(root.get(key), key));
            }
        }
    }

    private JsonNode resolved(JsonNode value, String path) {
        return switch (value) {
            case ObjectNode mapping -> resolved(mapping, path);
            case ArrayNode list -> resolved(list, path);
            default ->
                    value.isString() && value.stringValue().contains("${")
                            ? resolved(value.stringValue(), path)
                            : value;
        };
    }

    private JsonNode resolved(ObjectNode mapping, String path) {
        for (var key : List.copyOf(mapping.propertyNames())) {
            mapping.set(key, resolved(mapping.get(key), path + "." + key));
        }
        return mapping;
    }

    private JsonNode resolved(ArrayNode list, String path) {
        for (int index = 0; index < list.size(); index++) {
            list.set(index, resolved(list.get(index), path + "[" + (index + 1) + "]"));
        }
        return list;
    }

    private JsonNode resolved(String text, String path) {
        var unset = new boolean[1];
        var resolved =
                REFERENCE
                        .matcher(text)
                        .replaceAll(reference -> {
                            var name = reference.group(2);
                            if (!reference.group(1).isEmpty()) {
                                return Matcher.quoteReplacement("${" + name + "}");
                            }
                            var value = variables.apply(name);
                            if (value.isEmpty()) {
                                unset[0] = true;
                                problems.add(
                                        "%s: the environment variable %s is not set: set it, or write $${%s} for the text itself"
                                                .formatted(path, name, name));
                            }
                            return Matcher.quoteReplacement(value.orElse(""));
                        });
        return unset[0] ? YamlSection.unsetValue() : JsonNodeFactory.instance.stringNode(resolved);
    }
}
