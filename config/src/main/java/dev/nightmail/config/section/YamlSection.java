package dev.nightmail.config.section;

import dev.nightmail.config.yaml.Problems;
import dev.nightmail.config.yaml.Spelling;
import dev.nightmail.config.yaml.YamlDocument;
import dev.nightmail.config.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One mapping of a YAML file. Problems are collected, not thrown, so that the author sees all of
 * them at once.
 *
 * <p>A section whose keys are declared is read by them. One that is open notes every key it is
 * asked for as known; {@link #refuseUnknownKeys()} names the rest of either.
 */
public final class YamlSection {

    private static final Kind<String> TEXT = Kinds.text();

    private final YamlValue mapping;
    private final List<YamlSection> below = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>();
    private Keys keys;
    private boolean unknownKeysAreTold;

    YamlSection(YamlValue mapping, Keys keys) {
        this.mapping = mapping;
        this.keys = keys;
        known.addAll(keys.names());
    }

    /** All of a document, whose root is a mapping. */
    public static YamlSection of(YamlDocument document, Keys keys, Problems problems) {
        return new YamlSection(
                new YamlValue(document, document.root(), "", Problems.NO_LINE, problems), keys);
    }

    /** Says which keys there are, once that is known. */
    public void declare(Keys declared) {
        keys = declared;
        known.addAll(declared.names());
    }

    /**
     * The value of a key that is declared; its default where it is not there or is wrong, which is
     * told.
     *
     * @return null where it has no default
     */
    public <T> @Nullable T read(Key<T> key) {
        if (!keys.isOpen() && keys.named(key.name()).isEmpty()) {
            throw new IllegalStateException("no such key is declared here: " + key.name());
        }
        var value = value(key.name());
        if (value == null) {
            if (key.remedy() != null) {
                problem(key.name(), "is missing: " + key.remedy());
            }
            return key.absent();
        }
        var read = noted(key.kind().read(value));
        return read == null ? key.absent() : read;
    }

    /** The same of a key with a default. */
    public <T> T valueOf(Key<T> key) {
        var value = read(key);
        if (value == null) {
            throw new IllegalStateException("there is no default of " + key.name());
        }
        return value;
    }

    /** A section in a section is asked for its unknown keys with it. */
    private <T> @Nullable T noted(@Nullable T value) {
        if (value instanceof YamlSection section) {
            below.add(section);
        } else if (value instanceof TextOrSection.Section(var section)) {
            below.add(section);
        } else if (value instanceof List<?> values) {
            values.forEach(this::noted);
        }
        return value;
    }

    /** Whether a key is there with a value. */
    public boolean has(String key) {
        known.add(key);
        return isThere(key);
    }

    /** The same, which does not make it a known key. */
    boolean isThere(String key) {
        return mapping.node().hasNonNull(key);
    }

    /** What stands behind a key; null if nothing does. */
    public @Nullable YamlValue value(String key) {
        return has(key) ? mapping.at(key) : null;
    }

    public @Nullable JsonNode node(String key) {
        var value = value(key);
        return value == null || value.isUnset() ? null : value.node();
    }

    /** A text that is not blank. */
    public @Nullable String text(String key) {
        return read(key, TEXT);
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
        return read(key, Kinds.choice(type));
    }

    /** A whole number within bounds; {@code absent} when the key is not there. */
    public int wholeNumber(String key, int min, int max, int absent) {
        var number = read(key, Kinds.wholeNumber(min, max));
        return number == null ? absent : number;
    }

    /** True or false; false when the key is not there. */
    public boolean flag(String key) {
        return Boolean.TRUE.equals(read(key, Kinds.flag()));
    }

    /**
     * A section whose keys are those it is asked for.
     *
     * @param example of it, for messages
     */
    public @Nullable YamlSection section(String key, String example) {
        return noted(read(key, Kinds.section(Keys.OPEN, example)));
    }

    private <T> @Nullable T read(String key, Kind<T> kind) {
        var value = value(key);
        return value == null ? null : kind.read(value);
    }

    /** The keys that stand there. */
    public Set<String> keys() {
        return new LinkedHashSet<>(mapping.node().propertyNames());
    }

    /** Tells of the keys that are none, here and in the sections below that were read. */
    public void refuseUnknownKeys() {
        if (!unknownKeysAreTold) {
            unknownKeysAreTold = true;
            keys().stream()
                    .filter(key -> !known.contains(key))
                    .forEach(key ->
                            problem(key, "is not a key here; " + Spelling.advice(key, known)));
        }
        below.forEach(YamlSection::refuseUnknownKeys);
    }

    /** Tells that something is wrong with the section itself. */
    void wrong(String what) {
        mapping.wrong(what);
    }

    /** Tells that something is wrong with a key, or that it is missing. */
    public void problem(String key, String what) {
        mapping.problems().add(line(key), pathOf(key) + ": " + what);
    }

    /** The line of a key; of the section itself where the key is not there. */
    public int line(String key) {
        int line = mapping.document().line(mapping.node(), key);
        return line == Problems.NO_LINE ? mapping.line() : line;
    }

    public String pathOf(String key) {
        return mapping.pathOf(key);
    }
}
