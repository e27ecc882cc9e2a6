package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.definition.OutputDefinition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The columns of a sink: first {@code id}, the record's own id as text, then the answer.
 *
 * <p>With a schema of an object its properties are the columns, in the schema's order. A property
 * named {@code id} becomes {@code answer_id}. Anything else is one column {@code answer}. Tokens,
 * model and cost are not among them: they are in the summary, the report and the state.
 *
 * @param flattened whether the answer's properties are columns
 */
record Columns(boolean flattened, List<Column> answer) {

    /** The types a column can have; what is none of these is written as JSON text. */
    enum Type {
        TEXT,
        WHOLE_NUMBER,
        NUMBER,
        TRUTH,
        JSON
    }

    /**
     * One column.
     *
     * @param name in the file
     * @param property in the answer
     */
    record Column(String name, String property, Type type) {}

    static final String ID = "id";
    private static final String WHOLE_ANSWER = "answer";

    Columns {
        answer = List.copyOf(answer);
    }

    static Columns of(@Nullable OutputDefinition output) {
        var schema = output == null ? MissingNode.getInstance() : output.schema();
        if (schema.path("properties").isEmpty()) {
            return new Columns(
                    false,
                    List.of(new Column(WHOLE_ANSWER, "", output == null ? Type.TEXT : Type.JSON)));
        }
        var columns = new ArrayList<Column>();
        for (var property : schema.path("properties").properties()) {
            columns.add(
                    new Column(
                            nameOf(property.getKey()),
                            property.getKey(),
                            typeOf(property.getValue())));
        }
        return new Columns(true, columns);
    }

    /** The answer's value for a column; missing if the answer does not have it. */
    JsonNode value(JsonNode answer, Column column) {
        return flattened ? answer.path(column.property()) : answer;
    }

    static String nameOf(String property) {
        return property.equals(ID) ? "answer_id" : property;
    }

    private static Type typeOf(JsonNode schema) {
        var types = new ArrayList<String>();
        if (schema.path("type").isString()) {
            types.add(schema.path("type").stringValue());
        }
        schema.path("type").values().forEach(type -> types.add(type.asString("")));
        // A value that may be missing is still of its type.
        types.remove("null");
        if (types.isEmpty()
                && schema.path("enum").values().stream().allMatch(JsonNode::isString)
                && !schema.path("enum").isEmpty()) {
            return Type.TEXT;
        }
        if (types.size() != 1) {
            return Type.JSON;
        }
        return switch (types.getFirst()) {
            case "string" -> Type.TEXT;
            case "integer" -> Type.WHOLE_NUMBER;
            case "number" -> Type.NUMBER;
            case "boolean" -> Type.TRUTH;
            default -> Type.JSON;
        };
    }
}
