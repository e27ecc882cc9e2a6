package dev.nightmail.pipeline.source;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a source gives in its turn: a record, or the place of one that cannot be used. */
public sealed interface SourceItem permits SourceRecord, UnusableRecord {

    /**
     * A row of which every field was read that can be.
     *
     * @param fields by name, the record's own key under {@code id}
     * @param flaw why one of them cannot be used; null if all can
     */
    static SourceItem ofRow(Map<String, @Nullable Object> fields, @Nullable String flaw) {
        var id = fields.get("id");
        if (flaw != null) {
            return new UnusableRecord(id == null ? null : id.toString(), flaw);
        }
        return id == null || id.toString().isBlank()
                ? new UnusableRecord(null, "it has no id: every record needs one")
                : new SourceRecord(id.toString(), fields);
    }
}
