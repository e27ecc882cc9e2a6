package dev.nightmail.pipeline.source;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One record of a source.
 *
 * @param id the record's own id as text: what its answer is joined by, unique in its source
 * @param fields every column by name, {@code id} included, in source order; values are texts,
 *     numbers, booleans, lists, maps or null
 */
public record SourceRecord(String id, Map<String, @Nullable Object> fields) implements SourceItem {
    public SourceRecord {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * A record of a few fields, whose id becomes one of them, too.
     *
     * @param fields all others by name
     */
    public static SourceRecord of(String id, Map<String, ?> fields) {
        var all = new LinkedHashMap<String, @Nullable Object>();
        all.put("id", id);
        all.putAll(fields);
        return new SourceRecord(id, all);
    }
}
