package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
        var names = new HashMap<String, String>();
        columns.answer().forEach(column -> names.put(column.property(), column.name()));
        rows.each((recordId, answer) -> {
            var value = JSON.readTree(answer);
            out.write(
                    columns.flattened() && value instanceof ObjectNode object
                            ? line(flattened(columns, names, recordId, object))
                            : line(
                                    JSON.createObjectNode()
                                            .put(Columns.ID, recordId)
                                            .set(columns.answer().getFirst().name(), value)));
        });
    }

    private static ObjectNode flattened(
            Columns columns, Map<String, String> names, String recordId, ObjectNode answer) {
        var line = JSON.createObjectNode().put(Columns.ID, recordId);
        Columns.Names others = null;
        for (var property : answer.properties()) {
            var name = names.get(property.getKey());
            if (name == null) {
                others = others == null ? columns.otherNames() : others;
                name = others.free(Columns.nameOf(property.getKey()));
            }
            line.set(name, property.getValue());
        }
        return line;
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
