package dev.nightmail.app.config;

import dev.nightmail.cli.text.Nearest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Flat view of a configuration, {@code limits.window} to {@code 24h}: the command line wins over
 * the environment, and that over the file. It remembers what was asked for: whatever nobody asked
 * for is a key we do not know. Problems are gathered, so that all are told at once.
 */
final class Settings {

    private final Map<String, String> commandLine;
    private final Map<String, @Nullable String> file;
    private final Variables variables;
    private final Set<String> known = new LinkedHashSet<>();

    /** Keys with others below them. */
    private final Set<String> sections = new LinkedHashSet<>();

    private final List<String> problems = new ArrayList<>();
    private boolean needsVariables = true;

    Settings(ConfigSource source, Variables variables) {
        this.commandLine = source.commandLine();
        this.file = source.fileValues();
        this.variables = variables;
    }

    /** The value of a key, with the variables it names put in. */
    Optional<String> text(String key) {
        known.add(key);
        var said = commandLine.get(key);
        if (said != null) {
            return resolved(key, said);
        }
        return variables
                .forKey(key)
                .or(() ->
                        Optional.ofNullable(file.get(key)).flatMap(value -> resolved(key, value)));
    }

    private Optional<String> resolved(String key, String value) {
        var missing = variables.missingIn(value);
        if (needsVariables) {
            missing.forEach(name ->
                    problem(key, "names the environment variable " + name + ", which is not set"));
        }
        return missing.isEmpty() ? Optional.of(variables.resolve(value)) : Optional.empty();
    }

    String text(String key, String fallback) {
        return text(key).orElse(fallback);
    }

    /** Reads what is checked but not used: variables it names need not be set. */
    void readUnused(Runnable reading) {
        needsVariables = false;
        reading.run();
        needsVariables = true;
    }

    Duration duration(String key, Duration min, Duration max, Duration fallback) {
        return parsed(
                key,
                Units::duration,
                fallback,
                value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                Units.text(min) + " to " + Units.text(max));
    }

    long bytes(String key, long min, long max, long fallback) {
        return parsed(
                key,
                Units::bytes,
                fallback,
                value -> value >= min && value <= max,
                Units.bytesText(min) + " to " + Units.bytesText(max));
    }

    int number(String key, int min, int max, int fallback) {
        return parsed(
                key,
                Settings::integer,
                fallback,
                value -> value >= min && value <= max,
                min + " to " + max);
    }

    boolean flag(String key, boolean fallback) {
        return parsed(key, Settings::truth, fallback, _ -> true, "true or false");
    }

    private static boolean truth(String text) {
        return switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        };
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
        return text(key).flatMap(value -> fits(key, value, construct));
    }

    /** The items of a list, or what stands between commas; the command line replaces the file. */
    List<String> list(String key) {
        var whole = text(key);
        if (whole.isPresent()) {
            everything().stream().filter(name -> isItem(key, name)).forEach(known::add);
            return separated(whole.get());
        }
        return namesBelow(key).stream().flatMap(item -> text(key + "." + item).stream()).toList();
    }

    private static boolean isItem(String key, String name) {
        return name.startsWith(key + ".") && !name.substring(key.length() + 1).contains(".");
    }

    private static List<String> separated(String text) {
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    /** An item of a list, if it can be used. */
    <T> Optional<T> fits(String key, String item, Function<String, T> check) {
        try {
            return Optional.of(check.apply(item));
        } catch (IllegalArgumentException e) {
            problem(key, e.getMessage() == null ? "cannot be used" : e.getMessage());
            return Optional.empty();
        }
    }

    /** The names directly below a key: those of the file in its order, then others. */
    List<String> namesBelow(String key) {
        sections.add(key);
        var prefix = key + ".";
        return everything().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
                .distinct()
                .toList();
    }

    private Set<String> everything() {
        var keys = new LinkedHashSet<>(file.keySet());
        keys.addAll(commandLine.keySet());
        return keys;
    }

    void problem(String key, String what) {
        problems.add(key + ": " + what);
    }

    /**
     * @throws ConfigException naming everything that was wrong, unknown keys included
     */
    void finish() {
        for (var key : known) {
            for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
                sections.add(key.substring(0, dot));
            }
        }
        var told = new LinkedHashSet<String>();
        for (var key : everything()) {
            if (!known.contains(key) && !sections.contains(key)) {
                var unknown = unknownPart(key);
                if (told.add(unknown)) {
                    problem(shown(unknown), "no such key" + suggestion(unknown));
                }
            }
        }
        failIfWrong();
    }

    /** A key up to where it first leads nowhere: what is below that is wrong only because of it. */
    private String unknownPart(String key) {
        for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
            var section = key.substring(0, dot);
            if (!sections.contains(section)) {
                return section;
            }
        }
        return key;
    }

    /**
     * A key that is none may hold anything, such as a secret after a sign that should be a space.
     */
    private static String shown(String key) {
        int end = 0;
        while (end < key.length() && isPartOfKey(key.charAt(end))) {
            end++;
        }
        return end == key.length() ? key : key.substring(0, end) + "…";
    }

    private static boolean isPartOfKey(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
    }

    /**
     * @throws ConfigException naming everything that was wrong with what was asked for
     */
    void failIfWrong() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private String suggestion(String key) {
        var names = new LinkedHashSet<>(known);
        names.addAll(sections);
        return Nearest.to(key, names).map(name -> "; did you mean " + name + "?").orElse("");
    }
}
