package dev.nightmail.app.config;

import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.ScalarKind;
import dev.nightmail.config.yaml.EnvironmentValues;
import dev.nightmail.config.yaml.Problems;
import dev.nightmail.config.yaml.Spelling;
import dev.nightmail.config.yaml.YamlValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Flat view of a configuration, {@code limits.window} to {@code 24h}: the command line wins over
 * the environment, and that over the file. It remembers what was asked for: whatever nobody asked
 * for is a key we do not know. Problems are gathered, so that all are told at once.
 */
final class Settings {

    private final Map<String, String> commandLine;
    private final @Nullable Path path;
    private final Map<String, @Nullable String> file;
    private final Map<String, Integer> lines;
    private final Variables variables;
    private final Set<String> known = new LinkedHashSet<>();

    /** Keys with others below them. */
    private final Set<String> sections = new LinkedHashSet<>();

    /** Keys into whose values an environment variable was put, which may be a secret. */
    private final Set<String> ofVariables = new HashSet<>();

    private final List<String> problems = new ArrayList<>();
    private boolean needsVariables = true;

    Settings(ConfigSource source, Variables variables) {
        this.commandLine = source.commandLine();
        this.path = source.file();
        var ofFile = new Problems();
        var values = source.fileValues(ofFile);
        this.file = values.values();
        this.lines = values.lines();
        this.variables = variables;
        ofFile.lines().forEach(problem -> problems.add(path + ": " + problem));
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
        var resolved = variables.resolve(value);
        if (resolved.named()) {
            ofVariables.add(key);
        }
        if (needsVariables) {
            resolved.unset().forEach(name -> problem(key, EnvironmentValues.unset(name)));
        }
        return resolved.unset().isEmpty() ? Optional.of(resolved.text()) : Optional.empty();
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
        return read(key, Kinds.duration(min, max), fallback);
    }

    long bytes(String key, long min, long max, long fallback) {
        return read(key, Kinds.size(min, max), fallback);
    }

    int number(String key, int min, int max, int fallback) {
        return read(key, Kinds.wholeNumber(min, max), fallback);
    }

    boolean flag(String key, boolean fallback) {
        return read(key, Kinds.flag(), fallback);
    }

    /** A value of one of the kinds that files of ours have. */
    <T> T read(String key, ScalarKind<T> kind, T fallback) {
        var text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        var value = kind.parsed(text.get());
        if (value.isEmpty()) {
            problem(key, "must be " + kind.allowed() + ", not " + shown(key, text.get()));
        }
        return value.orElse(fallback);
    }

    private String shown(String key, String text) {
        return ofVariables.contains(key)
                ? "what its environment variable says"
                : YamlValue.shown(text);
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

    /** Tells that something is wrong with a key, and in which line of the file it stands. */
    void problem(String key, String what) {
        problems.add(place(key) + key + ": " + what);
    }

    private String place(String key) {
        var line = lines.get(key);
        boolean elsewhere = commandLine.containsKey(key) || variables.forKey(key).isPresent();
        return line == null || elsewhere ? "" : path + ": line " + line + ": ";
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
                    problems.add(
                            place(unknown)
                                    + shown(unknown)
                                    + ": is not a key here; "
                                    + advice(unknown));
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

    /** Looks for what was meant among the neighbours. */
    private String advice(String key) {
        var section = key.substring(0, key.lastIndexOf('.') + 1);
        var names = new LinkedHashSet<String>();
        Stream.concat(known.stream(), sections.stream())
                .filter(name -> name.startsWith(section))
                .map(name -> name.substring(section.length()))
                .filter(name -> !name.contains(".") && !name.isEmpty())
                .forEach(names::add);
        return Spelling.advice(key.substring(section.length()), names);
    }
}
