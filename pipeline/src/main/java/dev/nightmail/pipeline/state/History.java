package dev.nightmail.pipeline.state;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How often a record failed in which way since it is asked what it is asked: {@code
 * expired=1;transient_error=2}.
 */
public record History(Map<String, Integer> failures) {

    public static final History NONE = new History(Map.of());

    public History {
        failures = Collections.unmodifiableMap(new TreeMap<>(failures));
    }

    /** How often it failed in all. */
    public int total() {
        return failures.values().stream().mapToInt(Integer::intValue).sum();
    }

    public History with(String kind) {
        var more = new TreeMap<>(failures);
        more.merge(kind, 1, Integer::sum);
        return new History(more);
    }

    /** Null for none. */
    @Nullable String stored() {
        if (failures.isEmpty()) {
            return null;
        }
        var text = new StringBuilder();
        failures.forEach((kind, count) ->
                text.append(text.isEmpty() ? "" : ";").append(kind).append('=').append(count));
        return text.toString();
    }

    static History ofStored(@Nullable String stored) {
        if (stored == null || stored.isEmpty()) {
            return NONE;
        }
        var failures = new TreeMap<String, Integer>();
        for (var part : stored.split(";", -1)) {
            var sign = part.indexOf('=');
            failures.put(part.substring(0, sign), Integer.parseInt(part.substring(sign + 1)));
        }
        return new History(failures);
    }
}
