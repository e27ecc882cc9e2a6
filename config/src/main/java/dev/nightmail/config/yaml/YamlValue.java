package dev.nightmail.config.yaml;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;

/**
 * A value of a document, where it stands.
 *
 * @param node what stands there
 * @param path the key, with those above it: {@code retry.transient}
 * @param line from 1
 */
public record YamlValue(
        YamlDocument document, JsonNode node, String path, int line, Problems problems) {

    private static final Pattern WORD = Pattern.compile("[\\w.%-]{1,40}");
    private static final Pattern NUMBER_OR_FLAG =
            Pattern.compile("[-+]?[0-9.]+([eE][-+]?[0-9]+)?|true|false");
    private static final Pattern SHORT = Pattern.compile("[^\\p{Cntrl}]{1,40}");

    /** What stands below it behind a key; it is a mapping that has the key. */
    public YamlValue at(String key) {
        return new YamlValue(
                document, node.get(key), pathOf(key), document.line(node, key), problems);
    }

    /** What stands below it at a place, from 0; it is a list that is so long. */
    public YamlValue at(int index) {
        var value = node.get(index);
        // Lines are known of keys.
        int own =
                value.propertyNames().stream()
                        .findFirst()
                        .map(first -> document.line(value, first))
                        .orElse(line);
        return new YamlValue(document, value, path + "[" + index + "]", own, problems);
    }

    /** What a key below it is called, with those above it. */
    public String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Tells that something is wrong with it. */
    public void wrong(String what) {
        problems.add(line, path + ": " + what);
    }

    /**
     * Tells what it must be, and what it is. Nothing more is said of a variable that is not set.
     */
    public void wrongKind(String allowed) {
        if (!isUnset()) {
            wrong("must be " + allowed + ", not " + shown());
        }
    }

    /** Whether its variable is not set, which is told already. */
    public boolean isUnset() {
        return EnvironmentValues.isUnset(node);
    }

    /** Whether an environment variable was put into it: then a text may stand for a number. */
    public boolean isFromVariable() {
        return document.isFromVariable(node);
    }

    /** What stands there, for messages. A variable's value may be a secret, so it is not shown. */
    public String shown() {
        return isFromVariable() ? "what its environment variable says" : shown(node);
    }

    /** Names what stands there; of a long text only that it is one, since it may be a prompt. */
    public static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case JsonNodeType.OBJECT -> "a mapping";
            case JsonNodeType.ARRAY -> "a list";
            case JsonNodeType.STRING -> shown(value.stringValue());
            case JsonNodeType.NUMBER, JsonNodeType.BOOLEAN -> value.toString();
            case JsonNodeType.NULL, JsonNodeType.MISSING, JsonNodeType.BINARY, JsonNodeType.POJO ->
                    "nothing";
        };
    }

    /** The same of a text. */
    public static String shown(String text) {
        if (text.isBlank()) {
            return "an empty text";
        }
        if (WORD.matcher(text).matches() && !NUMBER_OR_FLAG.matcher(text).matches()) {
            return text;
        }
        return SHORT.matcher(text).matches() ? "\"" + text + "\"" : "a text";
    }
}
