package dev.nightmail.config.section;

import dev.nightmail.config.yaml.YamlValue;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A section that is one of several, told apart by a key that only one of them has: {@code source: {
 * sql: … }} or {@code source: { files: … }}. Which one it is, {@link #chosen} finds out.
 *
 * @param all what there is to choose from
 * @param key that tells one apart
 * @param keys all that one has, that key among them
 * @param example of one or all, for messages
 */
public record Alternatives<T>(
        List<T> all, Function<T, String> key, Function<T, Keys> keys, String example)
        implements Kind<YamlSection> {

    public Alternatives {
        all = List.copyOf(all);
    }

    @Override
    public @Nullable YamlSection read(YamlValue value) {
        return Kinds.section(Keys.OPEN, example).read(value);
    }

    /**
     * Which one a section is, whose keys are declared then; null, and told, if it is none or more
     * than one.
     */
    public @Nullable T chosen(YamlSection section) {
        // The keys of the others are not known in it: advice that names them would mislead.
        var given = all.stream().filter(one -> section.isThere(key.apply(one))).toList();
        given.forEach(one -> section.has(key.apply(one)));
        if (given.size() == 1) {
            section.declare(keys.apply(given.getFirst()));
            return given.getFirst();
        }
        // Whatever belongs to any of them is not unknown.
        all.forEach(one -> section.has(key.apply(one)));
        all.forEach(one -> keys.apply(one).names().forEach(section::has));
        section.wrong(
                "needs exactly one of "
                        + all.stream().map(key).collect(Collectors.joining(" or ")));
        return null;
    }

    /** The key by which one was chosen. */
    public String chosenKey(YamlSection section) {
        return all.stream().map(key).filter(section::has).findFirst().orElseThrow();
    }

    @Override
    public void describe(ObjectNode schema, boolean variables) {
        var forms = schema.putArray("oneOf");
        for (var one : all) {
            var form = forms.addObject();
            keys.apply(one).describe(form, variables);
            if (form.path("required").values().stream()
                    .noneMatch(name -> name.asString().equals(key.apply(one)))) {
                form.withArray("required").add(key.apply(one));
            }
        }
    }
}
