package dev.nightmail.upstream.simulator;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads from a prompt in words that its answer is to be JSON, and of what form. Programs that ask
 * so parse the answer, and would fail on a sentence.
 */
final class JsonWish {

    /** "Respond only with JSON", "return a JSON object", "valid JSON only", "output as JSON". */
    private static final Pattern WISH =
            Pattern.compile(
                    "(?i)\\b(?:respond|reply|answer|return|output|produce|give|provide|generate|format)\\b[^.\\n]{0,100}\\bjson\\b"
                            + "|\\bjson\\b[^.\\n]{0,60}\\bonly\\b|\\bonly\\b[^.\\n]{0,60}\\bjson\\b");

    /** A key of the form that is shown, and how its value begins. */
    private static final Pattern KEY =
            Pattern.compile(
                    "[\"']([A-Za-z_][\\w -]{0,63})[\"']\\s*:\\s*(\"[^\"\\n]{0,200}\"|'[^'\\n]{0,200}'|\\[|\\{|[^\\s,}\\]]{1,80})");

    private static final Pattern CHOICES =
            Pattern.compile("[\\w -]{1,40}(?:\\s*\\|\\s*[\\w -]{1,40})+");
    private static final Pattern NUMBER =
            Pattern.compile("-?[0-9.]+(?:\\s*(?:-|to|\\.\\.)\\s*-?[0-9.]+)?");
    private static final Pattern NUMBER_WORD =
            Pattern.compile("(?i)<?(?:number|float|int|integer|decimal|score)\\b.*");
    private static final Pattern BOOLEAN_WORD =
            Pattern.compile("(?i)<?(?:true|false|bool|boolean)\\b.*");
    private static final int CHARACTERS_READ_MAX = 20_000;
    private static final int KEYS_MAX = 50;

    private JsonWish() {}

    /**
     * @return a schema of the answer; null if nothing says that it is to be JSON
     */
    static @Nullable JsonNode schema(JsonNode params) {
        var text =
                beginning(
                        PromptReader.systemText(params) + "\n" + PromptReader.lastUserText(params));
        return WISH.matcher(text).find() ? form(text) : null;
    }

    private static String beginning(String text) {
        return text.substring(0, Math.min(text.length(), CHARACTERS_READ_MAX));
    }

    private static JsonNode form(String text) {
        var schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        var properties = schema.putObject("properties");
        var required = schema.putArray("required");
        var key = KEY.matcher(text);
        while (key.find() && properties.size() < KEYS_MAX) {
            if (!properties.has(key.group(1))) {
                value(key.group(2), properties.putObject(key.group(1)));
                required.add(key.group(1));
            }
        }
        if (properties.isEmpty()) {
            properties.putObject("answer").put("type", "string");
            required.add("answer");
        }
        return schema.put("additionalProperties", false);
    }

    private static void value(String shown, ObjectNode schema) {
        var word = shown.replaceAll("^[\"']|[\"']$", "").strip();
        if (shown.equals("[")) {
            schema.put("type", "array").put("minItems", 1).put("maxItems", 3);
            schema.putObject("items").put("type", "string");
        } else if (shown.equals("{")) {
            schema.put("type", "object");
        } else if (CHOICES.matcher(word).matches()) {
            var choices = schema.putArray("enum");
            for (var choice : word.split("\\|", -1)) {
                choices.add(choice.strip());
            }
        } else if (BOOLEAN_WORD.matcher(word).matches()) {
            schema.put("type", "boolean");
        } else if (NUMBER.matcher(word).matches() || isNumberWord(shown, word)) {
            number(word, schema);
        } else {
            schema.put("type", "string");
        }
    }

    private static boolean isNumberWord(String shown, String word) {
        return NUMBER_WORD.matcher(word).matches()
                && (!shown.startsWith("\"")
                        || word.toLowerCase(Locale.ROOT).matches("<?(number|float|int|integer)>?"));
    }

    /** Between the bounds that are shown, such as 1-5; a single number is an example. */
    private static void number(String word, ObjectNode schema) {
        var bounds = word.split("\\s*(?:-|to|\\.\\.)\\s*", -1);
        boolean whole =
                !word.contains(".")
                        && !word.toLowerCase(Locale.ROOT).matches("<?(float|decimal|score).*");
        schema.put("type", whole && !word.equals("0-1") ? "integer" : "number");
        try {
            if (bounds.length == 2) {
                schema.put("minimum", Double.parseDouble(bounds[0]));
                schema.put("maximum", Double.parseDouble(bounds[1]));
                return;
            }
        } catch (NumberFormatException _) {
            // No bounds in figures: any small number will do.
        }
        schema.put("minimum", 0).put("maximum", whole ? 100 : 1);
    }
}
