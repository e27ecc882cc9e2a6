package dev.nightmail.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Where a configuration comes from.
 *
 * @param file null for none
 * @param flags what flags with names of their own say, by key
 * @param sets {@code key=value}, as given with {@code --set}
 */
public record ConfigSource(@Nullable Path file, Map<String, String> flags, List<String> sets) {

    public ConfigSource {
        flags = Map.copyOf(flags);
        sets = List.copyOf(sets);
    }

    /** Nothing but defaults. */
    public static ConfigSource defaults() {
        return new ConfigSource(null, Map.of(), List.of());
    }

    /** All values by their dotted keys; items of lists are numbered from 0. */
    Map<String, String> values() {
        var values = new LinkedHashMap<String, String>();
        if (file != null) {
            flatten("", readFile(file), values);
        }
        for (var set : sets) {
            int equals = set.indexOf('=');
            if (equals < 1) {
                throw new ConfigException(
                        "--set " + set + ": expected key=value, such as limits.window=3s");
            }
            values.put(set.substring(0, equals).strip(), set.substring(equals + 1).strip());
        }
        values.putAll(flags);
        return values;
    }

    private static JsonNode readFile(Path file) {
        try {
            return YAMLMapper.shared().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("--config " + file + ": cannot be read; is the path right?");
        } catch (JacksonException e) {
            throw new ConfigException(
                    "--config " + file + ": not valid YAML: " + firstLine(e.getOriginalMessage()));
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static void flatten(String key, JsonNode node, Map<String, String> values) {
        if (node.isObject()) {
            node.propertyStream()
                    .forEach(child -> flatten(join(key, child.getKey()), child.getValue(), values));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(join(key, Integer.toString(i)), node.get(i), values);
            }
        } else if (!node.isNull() && !node.isMissingNode()) {
            values.put(key, node.asString());
        }
    }

    private static String join(String key, String name) {
        return key.isEmpty() ? name : key + "." + name;
    }
}
