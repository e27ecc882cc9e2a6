package dev.nightmail.pipeline.yaml;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.JsonNodeType;

/**
 * One mapping of the YAML file. Every read notes the key as known; {@link #refuseUnknownKeys()}
 * then names the rest. Problems are collected, not thrown, so that the author sees all of them at
 * once.
 */
public final class YamlSection {

    private static final String UNSET = "a variable that is not set";

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");
    private final JsonNode node;
    private final String path;
    private final List<String> problems;
    private final Set<String> known = new LinkedHashSet<>();

    public YamlSection(JsonNode node, String path, List<String> problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    public boolean has(String key) {
        known.add(key);
        return node.hasNonNull(key);
    }

    public @Nullable JsonNode node(String key) {
        return has(key) ? node.get(key) : null;
    }

    /** A text that is not blank. */
    public @Nullable String text(String key) {
        var value = node(key);
        if (value == null) {
            return null;
        }
        if (value.isPojo()) {
            return null;
        }
        if (isUnquotedField(value)) {
            problem(
                    key,
                    "must be a text; a text that begins with {{ needs quotes: "
                            + key
                            + ": \"{{…}}\"");
            return null;
        }
        if (!value.isString() || value.stringValue().isBlank()) {
            problem(key, "must be a text, not " + kindOf(value));
            return null;
        }
        return value.stringValue();
    }

    public @Nullable String requiredText(String key) {
        if (!has(key)) {
            problem(key, "is missing: give a text");
            return null;
        }
        return text(key);
    }

    /** One of the constants of an enum, which stand in the file in small letters. */
    public <E extends Enum<E>> @Nullable E choice(String key, Class<E> type) {
        var word = text(key);
        if (word == null) {
            return null;
        }
        var words = new ArrayList<String>();
        for (var constant : type.getEnumConstants()) {
            var allowed = constant.name().toLowerCase(Locale.ROOT);
            if (allowed.equals(word)) {
                return constant;
            }
            words.add(allowed);
        }
        problem(key, "must be " + String.join(" or ", words) + ", not " + word);
        return null;
    }

    /** A whole number within bounds; {@code absent} when the key is not there. */
    public int wholeNumber(String key, int min, int max, int absent) {
        var value = node(key);
        if (value == null) {
            return absent;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < min
                || value.intValue() > max) {
            problem(
                    key,
                    "must be a whole number from " + min + " to " + max + ", not " + kindOf(value));
            return absent;
        }
        return value.intValue();
    }

    /** A length of time like {@code 90s}, {@code 15m}, {@code 1h} or {@code 2d}, within bounds. */
    public Duration duration(String key, Duration min, Duration max, Duration absent) {
        var value = node(key);
        if (value == null) {
            return absent;
        }
        var written = DURATION.matcher(value.isString() ? value.stringValue().strip() : "");
        var length =
                written.matches()
                        ? lengthOf(Long.parseLong(written.group(1)), written.group(2))
                        : null;
        if (length == null || length.compareTo(min) < 0 || length.compareTo(max) > 0) {
            problem(
                    key,
                    "must be a length of time from %s to %s, such as 90s, 15m, 1h or 2d, not %s"
                            .formatted(words(min), words(max), kindOf(value)));
            return absent;
        }
        return length;
    }

    private static Duration lengthOf(long amount, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static String words(Duration length) {
        return length.toDays() > 0 ? length.toDays() + "d" : length.toSeconds() + "s";
    }

    /** True or false; false when the key is not there. */
    public boolean flag(String key) {
        var value = node(key);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            problem(key, "must be true or false, not " + kindOf(value));
            return false;
        }
        return value.booleanValue();
    }

    public @Nullable YamlSection section(String key, String shape) {
        var value = node(key);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            problem(key, "must be a mapping like " + shape + ", not " + kindOf(value));
            return null;
        }
        return new YamlSection(value, pathOf(key), problems);
    }

    public Set<String> keys() {
        return new LinkedHashSet<>(node.propertyNames());
    }

    public void refuseUnknownKeys() {
        for (var key : keys()) {
            if (!known.contains(key)) {
                problem(
                        key,
                        "is not a key here; "
                                + Spelling.nearest(key, known)
                                        .map(meant -> "did you mean " + meant + "?")
                                        .orElseGet(() -> "allowed: " + String.join(", ", known)));
            }
        }
    }

    public void problem(String key, String what) {
        problems.add(pathOf(key) + ": " + what);
    }

    /** Without quotes, {@code {{text}}} is to YAML a mapping whose key is a mapping. */
    public static boolean isUnquotedField(JsonNode value) {
        return value.isObject()
                && value.size() == 1
                && value.properties().iterator().next().getKey().startsWith("{");
    }

    /** Stands where a variable is missing; that is told already, and nothing more of this value. */
    static JsonNode unsetValue() {
        return JsonNodeFactory.instance.pojoNode(UNSET);
    }

    public String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Names what stands there; of a text only that it is one, since it may be a long prompt. */
    public static String kindOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case JsonNodeType.OBJECT -> "a mapping";
            case JsonNodeType.ARRAY -> "a list";
            case JsonNodeType.STRING -> value.stringValue().isBlank() ? "an empty text" : "a text";
            case JsonNodeType.NUMBER, JsonNodeType.BOOLEAN -> value.toString();
            case JsonNodeType.NULL, JsonNodeType.MISSING, JsonNodeType.BINARY, JsonNodeType.POJO ->
                    "nothing";
        };
    }
}
