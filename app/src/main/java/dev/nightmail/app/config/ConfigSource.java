package dev.nightmail.app.config;

import dev.nightmail.config.yaml.Problems;
import dev.nightmail.config.yaml.YamlDocument;
import dev.nightmail.config.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Where a configuration comes from. All values are known by their dotted keys; items of lists are
 * numbered from 0.
 *
 * @param file null for none
 * @param flags what flags with names of their own say, by key
 * @param sets {@code key=value}, as given with {@code --set}
 */
public record ConfigSource(@Nullable Path file, Map<String, String> flags, List<String> sets) {

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]+");

    /** A key of ours, before a sign that is no =. */
    private static final Pattern MEANT =
            Pattern.compile(
                    "^(listen|limits|retries|upstreams|routes|weights)(\\.[a-z0-9_-]{1,40})+(?=[: ]|$)");

    public ConfigSource {
        flags = Map.copyOf(flags);
        sets = List.copyOf(sets);
    }

    /** Flags, and behind them what was set; the last one wins. */
    Map<String, String> commandLine() {
        var values = new LinkedHashMap<String, String>();
        for (var set : sets) {
            int equals = set.indexOf('=');
            var key = equals < 0 ? "" : set.substring(0, equals).strip();
            if (!KEY.matcher(key).matches()) {
                throw new ConfigException(
                        "--set%s: expected key=value, such as limits.window=3s"
                                .formatted(keyMeant(set)));
            }
            values.put(key, set.substring(equals + 1).strip());
        }
        values.putAll(flags);
        return values;
    }

    /**
     * Which key was meant by what is no key with a value, as far as that can be shown: the rest may
     * be a secret, and what begins like no key may be one as a whole.
     */
    private static String keyMeant(String set) {
        var meant = MEANT.matcher(set);
        if (!meant.find()) {
            return "";
        }
        return " " + meant.group() + (meant.end() < set.length() ? "…" : "");
    }

    /**
     * What the file says.
     *
     * @param values by key; null where a key has no value
     * @param lines of keys, and of those that only have others below them
     */
    record FileValues(Map<String, @Nullable String> values, Map<String, Integer> lines) {}

    /**
     * @param problems told of what is wrong with the file itself
     */
    FileValues fileValues(Problems problems) {
        var found = new FileValues(new LinkedHashMap<>(), new HashMap<>());
        if (file != null) {
            var document = read(file, problems);
            flatten("", document.root(), document, found);
        }
        return found;
    }

    private static YamlDocument read(Path file, Problems problems) {
        try {
            var document = YamlDocument.parse(Files.readString(file), problems);
            var root = document.root();
            if (root.isObject() || root.isNull() || root.isMissingNode()) {
                return document;
            }
            throw new ConfigException(
                    file + ": must be a mapping with keys such as listen: { port: 80 }");
        } catch (IOException e) {
            throw new ConfigException("--config " + file + ": cannot be read; is the path right?");
        } catch (YamlException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
    }

    private static void flatten(
            String key, JsonNode node, YamlDocument document, FileValues found) {
        if (node.isObject()) {
            for (var child : node.properties()) {
                below(key, node, child.getKey(), child.getValue(), document, found);
            }
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                below(key, node, Integer.toString(i), node.get(i), document, found);
            }
        } else if (!node.isMissingNode() && !key.isEmpty()) {
            // Kept though nothing stands there: a key that there is not is wrong with nothing, too.
            found.values().put(key, node.isNull() ? null : node.asString());
        }
    }

    private static void below(
            String key,
            JsonNode container,
            String name,
            JsonNode value,
            YamlDocument document,
            FileValues found) {
        var below = key.isEmpty() ? name : key + "." + name;
        found.lines().put(below, document.line(container, name));
        flatten(below, value, document, found);
    }
}
