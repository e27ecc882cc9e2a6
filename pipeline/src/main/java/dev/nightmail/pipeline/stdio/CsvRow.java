package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.UnusableRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of CSV as a record: every cell is its text, and an empty one nothing. */
record CsvRow(Columns columns, InputText text) implements StdinCursor.Form {

    private static final String DELIMITERS = ",;\t|";

    /**
     * The header's names.
     *
     * @param id the index of the column that is the id
     */
    record Columns(List<String> names, int id) {
        Columns {
            names = List.copyOf(names);
        }
    }

    /** What the header is split by: whichever stands in it most often, a comma if none does. */
    static char delimiter(String header) {
        char chosen = DELIMITERS.charAt(0);
        for (int index = 1; index < DELIMITERS.length(); index++) {
            var candidate = DELIMITERS.charAt(index);
            if (count(header, candidate) > count(header, chosen)) {
                chosen = candidate;
            }
        }
        return chosen;
    }

    private static int count(String header, char delimiter) {
        int found = 0;
        boolean isQuoted = false;
        for (int index = 0; index < header.length(); index++) {
            isQuoted ^= header.charAt(index) == '"';
            found += header.charAt(index) == delimiter && !isQuoted ? 1 : 0;
        }
        return found;
    }

    static Columns columns(InputRow header, String id, InputText text) {
        var names = new ArrayList<String>();
        try {
            if (header.flaw() != null) {
                throw new UnreadableRowException(header.flaw());
            }
            for (var cell : header.cells()) {
                var name = cell == null ? "" : text.of(cell).strip();
                var free = name.isEmpty() ? "column" + (names.size() + 1) : name;
                if (names.contains(free)) {
                    throw new SourceException(
                            "source.stdin: two columns are named " + free + ": rename one");
                }
                names.add(free);
            }
        } catch (UnreadableRowException e) {
            throw new SourceException("source.stdin: the header: " + e.getMessage(), e);
        }
        int index = names.indexOf(id);
        if (index < 0) {
            throw new SourceException(
                    "source.stdin: the header has no column %s (it has %s): name the record's own key with \"id: COLUMN\" under source"
                            .formatted(id, String.join(", ", names)));
        }
        return new Columns(names, index);
    }

    @Override
    public SourceItem item(InputRow row) {
        var cells = row.cells();
        if (cells.size() != columns.names().size()) {
            return new UnusableRecord(
                    null,
                    "it has %,d columns, and the header has %,d: mend the row"
                            .formatted(cells.size(), columns.names().size()));
        }
        var fields = new LinkedHashMap<String, @Nullable Object>();
        String flaw = null;
        for (int index = 0; index < cells.size(); index++) {
            var cell = cells.get(index);
            try {
                fields.put(columns.names().get(index), cell == null ? null : text.of(cell));
            } catch (UnreadableRowException e) {
                flaw = String.valueOf(e.getMessage());
            }
        }
        return item(columns.names().get(columns.id()), fields, flaw);
    }

    /** With the id under the name by which every source gives it. */
    static SourceItem item(
            String idField, LinkedHashMap<String, @Nullable Object> fields, @Nullable String flaw) {
        var id = fields.get(idField);
        fields.put("id", id == null || id.toString().isBlank() ? null : id.toString());
        return SourceItem.ofRow(fields, flaw);
    }
}
