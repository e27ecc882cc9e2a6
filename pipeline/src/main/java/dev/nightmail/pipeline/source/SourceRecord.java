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
}
