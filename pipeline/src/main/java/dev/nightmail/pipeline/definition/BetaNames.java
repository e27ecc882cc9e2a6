package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Kind;
import dev.nightmail.config.yaml.EnvironmentValues;
import dev.nightmail.config.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A list of names of betas, each once. */
record BetaNames() implements Kind<List<String>> {

    /** So much of a header no proxy refuses. */
    private static final int MAX = 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    @Override
    public @Nullable List<String> read(YamlValue value) {
        var list = value.node();
        if (!list.isArray() || list.isEmpty() || list.size() > MAX) {
            value.wrongKind("a list of 1 to %d names like [output-300k-2026-03-24]".formatted(MAX));
            return null;
        }
        var names = new ArrayList<String>();
        for (var entry : list.values()) {
            var name = entry.isString() ? entry.stringValue() : "";
            if (EnvironmentValues.isUnset(entry)) {
                continue;
            }
            if (!NAME.matcher(name).matches()) {
                value.wrong(
                        "a name is 1 to 100 letters, digits, points, - and _, not "
                                + (name.isEmpty() ? YamlValue.shown(entry) : "\"" + name + "\""));
            } else if (names.contains(name)) {
                value.wrong(name + " is named twice");
            } else {
                names.add(name);
            }
        }
        return names;
    }

    @Override
    public void describe(ObjectNode schema, boolean variables) {
        schema.put("type", "array")
                .put("minItems", 1)
                .put("maxItems", MAX)
                .put("uniqueItems", true);
        schema.putObject("items")
                .put("type", "string")
                .put(
                        "pattern",
                        "^" + NAME + "$" + (variables ? "|" + EnvironmentValues.PATTERN : ""));
    }
}
