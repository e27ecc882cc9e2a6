package dev.nightmail.upstream.simulator.service;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A rule as people write it: {@code key=value;key=value}. */
public record RuleText(Map<String, String> fields) {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(\\.\\d{1,15})?");
    private static final double DAY_MILLIS = 86_400_000;

    /**
     * @param keys that it may have
     * @throws IllegalArgumentException saying what is wrong, and what may stand there
     */
    public static RuleText parse(String text, Set<String> keys) {
        var fields = new LinkedHashMap<String, String>();
        for (var part : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "'%s' must be of the form key=value;key=value".formatted(text));
            }
            var key = part.substring(0, equals);
            if (!keys.contains(key)) {
                throw new IllegalArgumentException(
                        "'%s' is none of %s".formatted(key, String.join(", ", keys)));
            }
            fields.put(key, part.substring(equals + 1));
        }
        return new RuleText(fields);
    }

    public Duration duration(String key, Duration fallback) {
        var text = fields.get(key);
        return text == null ? fallback : duration(text);
    }

    public double decimal(String key, double fallback) {
        var text = fields.get(key);
        return text == null ? fallback : number(key + "=" + text, text);
    }

    public int whole(String key, int fallback) {
        var text = fields.get(key);
        try {
            return text == null ? fallback : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s=%s must be a whole number".formatted(key, text), e);
        }
    }

    /** {@code 250ms}, {@code 1.5s}, {@code 2m}, {@code 1h}; a number alone is seconds. */
    public static Duration duration(String text) {
        String value = text.toLowerCase(Locale.ROOT);
        double unitMillis = 1000;
        if (value.endsWith("ms")) {
            unitMillis = 1;
            value = value.substring(0, value.length() - 2);
        } else if (value.endsWith("s")) {
            value = value.substring(0, value.length() - 1);
        } else if (value.endsWith("m")) {
            unitMillis = 60_000;
            value = value.substring(0, value.length() - 1);
        } else if (value.endsWith("h")) {
            unitMillis = 3_600_000;
            value = value.substring(0, value.length() - 1);
        }
        double millis = number(text, value) * unitMillis;
        if (!(millis >= 0 && millis <= DAY_MILLIS)) {
            throw new IllegalArgumentException(text + " must be between 0 and a day");
        }
        return Duration.ofMillis((long) millis);
    }

    /**
     * A plain number, without the endings and words that Java takes besides.
     *
     * @param whole as it is shown if it is none
     */
    public static double number(String whole, String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(whole + " must be a number");
        }
        return Double.parseDouble(text);
    }
}
