package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON object a line. Properties the schema does not name are written too: nothing an answer
 * says is lost.
 */
public final class JsonLines {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private JsonLines() {}

    static void write(Columns columns, AnswerRows rows, OutputStream out) throws IOException {
        var before = columns.of(Columns.Origin.RECORD);
        var after = columns.of(Columns.Origin.EXTRA);
        var answer = columns.of(Columns.Origin.ANSWER);
        var names = new HashMap<String, String>();
        answer.forEach(column -> names.put(column.key(), column.name()));
        rows.each(row -> {
            var values = columns.values(row);
            var line = JSON.createObjectNode().put(Columns.ID, row.recordId());
            set(line, before, values);
            if (columns.flattened() && values.answer() instanceof ObjectNode object) {
                flatten(columns, names, object, line);
            } else {
                line.set(answer.getFirst().name(), values.answer());
            }
            set(line, after, values);
            out.write(line(line));
        });
    }

    private static void set(ObjectNode line, List<Columns.Column> columns, Columns.Values values) {
        for (var column : columns) {
            var value = values.of(column);
            line.set(column.name(), value.isMissingNode() ? JSON.nullNode() : value);
        }
    }

    private static void flatten(
            Columns columns, Map<String, String> names, ObjectNode answer, ObjectNode line) {
        Columns.Names others = null;
        for (var property : answer.properties()) {
            var name = names.get(property.getKey());
            if (name == null) {
                others = others == null ? columns.otherNames() : others;
                name = others.free(Columns.nameOf(property.getKey()));
            }
            line.set(name, property.getValue());
        }
    }

    /**
     * An object as one line. What some readers take for the end of a line ({@code U+0085}, {@code
     * U+2028}, {@code U+2029}) is escaped; it can stand only inside a text.
     */
    public static byte[] line(JsonNode object) {
        var json =
                JSON.writeValueAsString(object)
                        .replace("\u0085", "\\u0085")
                        .replace("\u2028", "\\u2028")
                        .replace("\u2029", "\\u2029");
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
