package dev.nightmail.config.section;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys a section may have, in the order in which they are told.
 *
 * @param isOpen whether the reader of the section asks for keys that are declared nowhere
 * @param oneOf names of which exactly one is there; empty if there is no such rule
 */
public record Keys(List<Key<?>> all, boolean isOpen, List<String> oneOf) {

    /** Nothing is declared: what its reader asks for is known, and a schema allows all. */
    public static final Keys OPEN = new Keys(List.of(), true, List.of());

    public Keys {
        all = List.copyOf(all);
        oneOf = List.copyOf(oneOf);
        if (new LinkedHashSet<>(names(all)).size() < all.size()) {
            throw new IllegalArgumentException("a key is declared twice: " + names(all));
        }
    }

    public static Keys of(Key<?>... keys) {
        return new Keys(List.of(keys), false, List.of());
    }

    /** These and others. */
    public Keys and(Keys others) {
        return new Keys(
                Stream.concat(all.stream(), others.all.stream()).toList(),
                isOpen || others.isOpen,
                Stream.concat(oneOf.stream(), others.oneOf.stream()).toList());
    }

    /** These, of which exactly one of a few is to be there; who reads them checks that. */
    public Keys withOneOf(Key<?>... keys) {
        return new Keys(all, isOpen, names(List.of(keys)));
    }

    public Set<String> names() {
        return new LinkedHashSet<>(names(all));
    }

    private static List<String> names(List<Key<?>> keys) {
        var names = new ArrayList<String>();
        keys.forEach(key -> names.add(key.name()));
        return names;
    }

    public Optional<Key<?>> named(String name) {
        return all.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    /** Adds these keys to a JSON Schema of a mapping. */
    public void describe(ObjectNode schema, boolean variables) {
        schema.put("type", "object");
        var properties = schema.putObject("properties");
        all.forEach(key -> key.describe(properties.putObject(key.name()), variables));
        var required = all.stream().filter(Key::isRequired).map(Key::name).toList();
        if (!required.isEmpty()) {
            required.forEach(schema.putArray("required")::add);
        }
        if (!oneOf.isEmpty()) {
            var rules = schema.putArray("oneOf");
            oneOf.forEach(name -> rules.addObject().putArray("required").add(name));
        }
        if (!isOpen) {
            schema.put("additionalProperties", false);
        }
    }
}
