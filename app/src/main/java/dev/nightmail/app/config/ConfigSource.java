package dev.nightmail.app.config;

import static tools.jackson.databind.DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Where a configuration comes from. All values are known by their dotted keys; items of lists are
 * numbered from 0.
 *
 * @param file null for none
 * @param flags what flags with names of their own say, by key
 * @param sets {@code key=value}, as given with {@code --set}
 */
public record ConfigSource(@Nullable Path file, Map<String, String> flags, List<String> sets) {

    private static final ObjectReader YAML =
            YAMLMapper.shared().reader().with(FAIL_ON_READING_DUP_TREE_KEY);

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

    /** What the file says; null where a key has no value. */
    Map<String, @Nullable String> fileValues() {
        var values = new LinkedHashMap<String, @Nullable String>();
        if (file != null) {
            flatten("", read(file), values);
        }
        return values;
    }

    private static JsonNode read(Path file) {
        try {
            var root = YAML.readTree(Files.readString(file));
            if (root.isObject() || root.isNull() || root.isMissingNode()) {
                return root;
            }
            throw new ConfigException(
                    "--config " + file + ": expected keys with values, such as listen: {port: 80}");
        } catch (IOException e) {
            throw new ConfigException("--config " + file + ": cannot be read; is the path right?");
        } catch (JacksonException e) {
            throw new ConfigException(
                    "--config %s: not valid YAML%s: %s"
                            .formatted(file, line(e), firstLine(e.getOriginalMessage())));
        }
    }

    private static String line(JacksonException failure) {
        var location = failure.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : " in line " + location.getLineNr();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static void flatten(String key, JsonNode node, Map<String, @Nullable String> values) {
        if (node.isObject()) {
            node.propertyStream()
                    .forEach(child -> flatten(join(key, child.getKey()), child.getValue(), values));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(join(key, Integer.toString(i)), node.get(i), values);
            }
        } else if (!node.isMissingNode() && !key.isEmpty()) {
            // Kept though nothing stands there: a key that there is not is wrong with nothing, too.
            values.put(key, node.isNull() ? null : node.asString());
        }
    }

    private static String join(String key, String name) {
        return key.isEmpty() ? name : key + "." + name;
    }
}
