package dev.nightmail.config.section;

import dev.nightmail.config.yaml.YamlValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of values that files of ours have. */
public final class Kinds {

    private Kinds() {}

    /** A text that is not blank. */
    public static Kind<String> text() {
        return new Kind<>() {
            @Override
            public @Nullable String read(YamlValue value) {
                var node = value.node();
                if (node.isString() && !node.stringValue().isBlank()) {
                    return node.stringValue();
                }
                value.wrongKind("a text");
                return null;
            }

            @Override
            public void describe(ObjectNode schema, boolean variables) {
                schema.put("type", "string").put("pattern", "\\S");
            }
        };
    }

    /** A whole number within bounds. */
    public static ScalarKind<Integer> wholeNumber(int min, int max) {
        return new ScalarKind<>(
                "a whole number from " + min + " to " + max,
                JsonNode::isIntegralNumber,
                text -> integer(text).filter(number -> number >= min && number <= max),
                schema -> schema.put("type", "integer").put("minimum", min).put("maximum", max));
    }

    private static Optional<Integer> integer(String text) {
        try {
            return Optional.of(Integer.valueOf(text.strip()));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** A number above a bound, and at most as large as another. */
    public static ScalarKind<BigDecimal> numberAbove(
            BigDecimal bound, BigDecimal max, String allowed) {
        return new ScalarKind<>(
                allowed,
                JsonNode::isNumber,
                text ->
                        decimal(text)
                                .filter(number ->
                                        number.compareTo(bound) > 0 && number.compareTo(max) <= 0),
                schema ->
                        schema.put("type", "number")
                                .put("exclusiveMinimum", bound)
                                .put("maximum", max));
    }

    private static Optional<BigDecimal> decimal(String text) {
        try {
            return Optional.of(new BigDecimal(text.strip()));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** A length of time like {@code 90s}, {@code 15m}, {@code 1h} or {@code 2d}, within bounds. */
    public static ScalarKind<Duration> duration(Duration min, Duration max) {
        return new ScalarKind<>(
                "a length of time from %s to %s, such as 90s, 15m, 1h or 2d"
                        .formatted(Units.text(min), Units.text(max)),
                JsonNode::isString,
                text ->
                        Units.duration(text)
                                .filter(length ->
                                        length.compareTo(min) >= 0 && length.compareTo(max) <= 0),
                schema -> schema.put("type", "string").put("pattern", Units.DURATION_PATTERN));
    }

    /** A number of bytes like {@code 64KB}, {@code 256MB} or {@code 1GB}, within bounds. */
    public static ScalarKind<Long> size(long min, long max) {
        return new ScalarKind<>(
                "a size from %s to %s, such as 64KB, 256MB or 1GB"
                        .formatted(Units.bytesText(min), Units.bytesText(max)),
                node -> node.isString() || node.isIntegralNumber(),
                text -> Units.bytes(text).filter(bytes -> bytes >= min && bytes <= max),
                schema -> {
                    schema.putArray("type").add("string").add("integer");
                    schema.put("pattern", Units.SIZE_PATTERN);
                });
    }

    public static ScalarKind<Boolean> flag() {
        return new ScalarKind<>(
                "true or false",
                JsonNode::isBoolean,
                text ->
                        switch (text.strip()) {
                            case "true" -> Optional.of(true);
                            case "false" -> Optional.of(false);
                            default -> Optional.empty();
                        },
                schema -> schema.put("type", "boolean"));
    }

    /** One of the constants of an enum, which stand in the file in small letters. */
    public static <E extends Enum<E>> ScalarKind<E> choice(Class<E> type) {
        var choices = new LinkedHashMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            choices.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return choice(choices);
    }

    /** One of a few words, in the order in which they are to be named. */
    public static <T> ScalarKind<T> choice(Map<String, T> choices) {
        var words = new LinkedHashMap<>(choices);
        return new ScalarKind<>(
                String.join(" or ", words.keySet()),
                JsonNode::isString,
                text -> Optional.ofNullable(words.get(text)),
                schema -> {
                    var allowed = schema.putArray("enum");
                    words.keySet().forEach(allowed::add);
                });
    }

    /** Whatever the author writes, handed on as it is. */
    public static Kind<JsonNode> anything() {
        return new Kind<>() {
            @Override
            public @Nullable JsonNode read(YamlValue value) {
                return value.node().isNull() || value.isUnset() ? null : value.node();
            }

            @Override
            public void describe(ObjectNode schema, boolean variables) {
                // Nothing to say: a schema without words allows all.
            }
        };
    }

    /** A mapping whose keys are the author's own names. */
    public static <T> Kind<Map<String, T>> named(Kind<T> values, String example) {
        return named(values, example, Set.of(), "");
    }

    /**
     * The same, without a few names.
     *
     * @param refused names that may not stand there
     * @param why what is said of them
     */
    public static <T> Kind<Map<String, T>> named(
            Kind<T> values, String example, Set<String> refused, String why) {
        return new NamedValues<>(values, example, refused, why);
    }

    /** A list of at least one value. */
    public static <T> Kind<List<T>> list(Kind<T> values, String example) {
        return new ListKind<>(values, example);
    }

    /** A section with keys of its own. */
    public static Kind<YamlSection> section(Keys keys, String example) {
        return new SectionKind(keys, example);
    }

    /**
     * A text, or a section.
     *
     * @param example of the section
     */
    public static Kind<TextOrSection> textOrSection(Keys keys, String example) {
        return new TextOrSection.Reader(keys, example);
    }

    private record SectionKind(Keys keys, String example) implements Kind<YamlSection> {
        @Override
        public @Nullable YamlSection read(YamlValue value) {
            if (value.node().isObject()) {
                return new YamlSection(value, keys);
            }
            value.wrongKind("a mapping like " + example);
            return null;
        }

        @Override
        public void describe(ObjectNode schema, boolean variables) {
            keys.describe(schema, variables);
        }
    }
}
