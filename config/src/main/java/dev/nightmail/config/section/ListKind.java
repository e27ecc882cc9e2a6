package dev.nightmail.config.section;

import dev.nightmail.config.yaml.EnvironmentValues;
import dev.nightmail.config.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A list of values of one kind, at least one. */
record ListKind<T>(Kind<T> values, String example) implements Kind<List<T>> {

    @Override
    public @Nullable List<T> read(YamlValue list) {
        if (!list.node().isArray()) {
            list.wrongKind("a list like " + example);
            return null;
        }
        if (list.node().isEmpty()) {
            list.wrong("is an empty list: give one like " + example + ", or leave it out");
            return null;
        }
        var read = new ArrayList<T>();
        var isWhole = true;
        for (int index = 0; index < list.node().size(); index++) {
            if (EnvironmentValues.isUnset(list.node().get(index))) {
                isWhole = false;
                continue;
            }
            var value = values.read(list.at(index));
            if (value == null) {
                isWhole = false;
            } else {
                read.add(value);
            }
        }
        return isWhole ? List.copyOf(read) : null;
    }

    @Override
    public void describe(ObjectNode schema, boolean variables) {
        schema.put("type", "array").put("minItems", 1);
        values.describe(schema.putObject("items"), variables);
    }
}
