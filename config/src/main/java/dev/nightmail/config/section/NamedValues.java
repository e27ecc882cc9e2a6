package dev.nightmail.config.section;

import dev.nightmail.config.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A mapping whose keys are the author's own names; see {@link Kinds#named}. */
record NamedValues<T>(Kind<T> values, String example, Set<String> refused, String why)
        implements Kind<Map<String, T>> {

    @Override
    public @Nullable Map<String, T> read(YamlValue mapping) {
        var node = mapping.node();
        if (!node.isObject()) {
            mapping.wrongKind("a mapping like " + example);
            return null;
        }
        var found = new LinkedHashMap<String, T>();
        for (var name : node.propertyNames()) {
            var value = mapping.at(name);
            if (refused.contains(name)) {
                value.wrong(why);
                continue;
            }
            var read = values.read(value);
            if (read != null) {
                found.put(name, read);
            }
        }
        return found;
    }

    @Override
    public void describe(ObjectNode schema, boolean variables) {
        schema.put("type", "object");
        if (!refused.isEmpty()) {
            var names = schema.putObject("propertyNames").putObject("not").putArray("enum");
            refused.stream().sorted().forEach(names::add);
        }
        var value = schema.objectNode();
        values.describe(value, variables);
        if (!value.isEmpty()) {
            schema.set("additionalProperties", value);
        }
    }
}
