package dev.nightmail.app.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Flat view of a configuration, {@code limits.window} to {@code 24h}, that remembers what was asked
 * for: whatever nobody asked for is a key we do not know. Problems are gathered, so that all are
 * told at once.
 */
final class Settings {

    private final Map<String, String> values;
    private final Function<String, Optional<String>> environment;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param environment the variables that {@code ${NAME}} stands for
     */
    Settings(Map<String, String> values, Function<String, Optional<String>> environment) {
        this.values = new LinkedHashMap<>(values);
        this.environment = environment;
    }

    Optional<String> text(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key)).flatMap(value -> resolved(key, value));
    }

    private Optional<String> resolved(String key, String value) {
        if (!value.startsWith("${") || !value.endsWith("}")) {
            return Optional.of(value);
        }
        var name = value.substring(2, value.length() - 1);
        var found = environment.apply(name).filter(Predicate.not(String::isBlank));
        if (found.isEmpty()) {
            problem(key, "names the environment variable " + name + ", which is not set");
        }
        return found;
    }

    String text(String key, String fallback) {
        return text(key).orElse(fallback);
    }

    Duration duration(String key, Duration min, Duration max, Duration fallback) {
        return parsed(
                key,
                Units::duration,
                fallback,
                value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                min + " to " + max);
    }

    long bytes(String key, long min, long max, long fallback) {
        return parsed(
                key,
                Units::bytes,
                fallback,
                value -> value >= min && value <= max,
                min + " to " + max + " bytes");
    }

    int number(String key, int min, int max, int fallback) {
        return parsed(
                key,
                Settings::integer,
                fallback,
                value -> value >= min && value <= max,
                min + " to " + max);
    }

    private static int integer(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a whole number", e);
        }
    }

    private <T> T parsed(
            String key, Function<String, T> parse, T fallback, Predicate<T> fits, String bounds) {
        var text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            var value = parse.apply(text.get());
            if (fits.test(value)) {
                return value;
            }
            problem(key, "is \"" + text.get() + "\"; allowed is " + bounds);
        } catch (IllegalArgumentException e) {
            problem(key, "is \"" + text.get() + "\"; " + e.getMessage());
        }
        return fallback;
    }

    /** Hands over to a constructor that checks for itself. */
    <T> Optional<T> checked(String key, Function<String, T> construct) {
        return text(key)
                .flatMap(value -> {
                    try {
                        return Optional.of(construct.apply(value));
                    } catch (IllegalArgumentException e) {
                        problem(key, e.getMessage() == null ? "cannot be used" : e.getMessage());
                        return Optional.empty();
                    }
                });
    }

    /** The names directly below a key, in the order of the file. */
    List<String> namesBelow(String key) {
        var prefix = key + ".";
        return values.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
                .distinct()
                .toList();
    }

    void problem(String key, String what) {
        problems.add(key + ": " + what);
    }

    /**
     * @throws ConfigException naming everything that was wrong, unknown keys included
     */
    void finish() {
        for (var key : values.keySet()) {
            if (!known.contains(key)) {
                problems.add(
                        key
                                + ": no such key"
                                + nearest(key)
                                        .map(name -> "; did you mean " + name + "?")
                                        .orElse(""));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private Optional<String> nearest(String key) {
        return known.stream()
                .filter(name -> distance(key, name) <= Math.max(2, key.length() / 4))
                .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)));
    }

    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
