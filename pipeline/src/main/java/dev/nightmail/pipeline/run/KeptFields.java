package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.source.SourceRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The fields of records that sinks keep. Used by the thread that reads the source. */
final class KeptFields {

    private final List<String> names;

    /** Those that a record had. */
    private final Set<String> found = new HashSet<>();

    KeptFields(List<String> names) {
        this.names = List.copyOf(names);
    }

    boolean isNone() {
        return names.isEmpty();
    }

    /** Tells one choice of fields from another; empty if none is kept. */
    String fingerprint() {
        return isNone() ? "" : " keep " + JsonMapper.shared().writeValueAsString(names);
    }

    /** A record's, as a JSON object; null if none is kept. */
    @Nullable String of(SourceRecord record) {
        if (isNone()) {
            return null;
        }
        var kept = new LinkedHashMap<String, @Nullable Object>();
        for (var name : names) {
            if (record.fields().containsKey(name)) {
                found.add(name);
                kept.put(name, record.fields().get(name));
            }
        }
        return JsonMapper.shared().writeValueAsString(kept);
    }

    /** Those that no record had: the author's slip. */
    List<String> unknown() {
        return names.stream().filter(name -> !found.contains(name)).toList();
    }
}
