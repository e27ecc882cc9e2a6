package dev.nightmail.config.section;

import dev.nightmail.config.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A section that is one of several, told apart by a key that only one of them has: {@code source: {
 * sql: … }} or {@code source: { files: … }}. Which one it is the reader finds out, and declares its
 * keys then.
 *
 * @param byKey the keys of each, by the one that tells it apart
 * @param example of one or all, for messages
 */
public record Alternatives(Map<String, Keys> byKey, String example) implements Kind<YamlSection> {

    public Alternatives {
        byKey = new LinkedHashMap<>(byKey);
    }

    @Override
    public @Nullable YamlSection read(YamlValue value) {
        if (value.node().isObject()) {
            return new YamlSection(value, Keys.OPEN);
        }
        value.wrongKind("a mapping like " + example);
        return null;
    }

    @Override
    public void describe(ObjectNode schema, boolean variables) {
        var forms = schema.putArray("oneOf");
        byKey.forEach((key, keys) -> {
            var form = forms.addObject();
            keys.describe(form, variables);
            if (form.path("required").values().stream()
                    .noneMatch(name -> name.asString().equals(key))) {
                form.withArray("required").add(key);
            }
        });
    }
}
