package dev.nightmail.pipeline.sink;

import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON object a line. Properties the schema does not name are written too: nothing an answer
 * says is lost.
 */
final class JsonLines {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private JsonLines() {}

    static void write(Columns columns, AnswerRows rows, OutputStream out) throws IOException {
        rows.each((recordId, answer) -> {
            var line = JSON.createObjectNode().put(Columns.ID, recordId);
            var value = JSON.readTree(answer);
            if (columns.flattened() && value instanceof ObjectNode object) {
                object.properties()
                        .forEach(property ->
                                line.set(Columns.nameOf(property.getKey()), property.getValue()));
            } else {
                line.set(columns.answer().getFirst().name(), value);
            }
            out.write(JSON.writeValueAsBytes(line));
            out.write('\n');
        });
    }
}
