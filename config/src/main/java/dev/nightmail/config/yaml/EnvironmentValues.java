package dev.nightmail.config.yaml;

import java.util.ArrayList;
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
 * Puts environment variables into texts: {@code ${NAME}} stands for the variable NAME, {@code
 * $${NAME}} for the text {@code ${NAME}} itself. A value that was put in is not searched for names
 * again. Keys stay as they are.
 */
public final class EnvironmentValues {

    /** What a text with a variable in it looks like, for schemas of files. */
    public static final String PATTERN = "(^|[^$])\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}";

    private static final Pattern REFERENCE =
            Pattern.compile("(\\$?)\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private static final String UNSET = "a variable that is not set";

    private final Function<String, Optional<String>> variables;

    /**
     * @param variables empty for a name that is not set
     */
    public EnvironmentValues(Function<String, Optional<String>> variables) {
        this.variables = variables;
    }

    /**
     * A text with its variables put in.
     *
     * @param named whether it names any
     * @param unset those that are not set, in the order of the text
     */
    public record Resolved(String text, boolean named, List<String> unset) {}

    public Resolved resolve(String text) {
        var named = new boolean[1];
        var unset = new ArrayList<String>();
        var resolved =
                REFERENCE
                        .matcher(text)
                        .replaceAll(reference -> {
                            var name = reference.group(2);
                            if (!reference.group(1).isEmpty()) {
                                return Matcher.quoteReplacement("${" + name + "}");
                            }
                            named[0] = true;
                            var value = variables.apply(name);
                            if (value.isEmpty()) {
                                unset.add(name);
                            }
                            return Matcher.quoteReplacement(value.orElse(""));
                        });
        return new Resolved(resolved, named[0], List.copyOf(unset));
    }

    /** What is wrong with a value that names such a variable, and what to do. */
    public static String unset(String name) {
        return "the environment variable %s is not set: set it, or write $${%s} for the text itself"
                .formatted(name, name);
    }

    /**
     * Changes a document in its place.
     *
     * @param problems told of every name that is not set, with the key that has it
     * @param verbatim keys at its top whose texts are left as they are
     */
    public void putInto(YamlDocument document, Problems problems, Set<String> verbatim) {
        if (document.root() instanceof ObjectNode root) {
            var walk = new Walk(document, problems);
            for (var key : List.copyOf(root.propertyNames())) {
                if (!verbatim.contains(key)) {
                    root.set(key, walk.resolved(root.get(key), key, document.line(root, key)));
                }
            }
        }
    }

    /** Stands where a variable is missing; that is told already, and nothing more of this value. */
    public static boolean isUnset(JsonNode value) {
        return value.isPojo();
    }

    private final class Walk {
        private final YamlDocument document;
        private final Problems problems;

        Walk(YamlDocument document, Problems problems) {
            this.document = document;
            this.problems = problems;
        }

        private JsonNode resolved(JsonNode value, String path, int line) {
            return switch (value) {
                case ObjectNode mapping -> resolved(mapping, path);
                case ArrayNode list -> resolved(list, path);
                default ->
                        value.isString() && value.stringValue().contains("${")
                                ? resolved(value.stringValue(), path, line)
                                : value;
            };
        }

        private JsonNode resolved(ObjectNode mapping, String path) {
            for (var key : List.copyOf(mapping.propertyNames())) {
                mapping.set(
                        key,
                        resolved(mapping.get(key), path + "." + key, document.line(mapping, key)));
            }
            return mapping;
        }

        private JsonNode resolved(ArrayNode list, String path) {
            for (int index = 0; index < list.size(); index++) {
                list.set(
                        index,
                        resolved(
                                list.get(index),
                                path + "[" + (index + 1) + "]",
                                document.line(list, Integer.toString(index))));
            }
            return list;
        }

        private JsonNode resolved(String text, String path, int line) {
            var resolved = resolve(text);
            resolved.unset().forEach(name -> problems.add(line, path + ": " + unset(name)));
            var value =
                    resolved.unset().isEmpty()
                            ? JsonNodeFactory.instance.stringNode(resolved.text())
                            : JsonNodeFactory.instance.pojoNode(UNSET);
            if (resolved.named()) {
                document.markFromVariable(value);
            }
            return value;
        }
    }
}
