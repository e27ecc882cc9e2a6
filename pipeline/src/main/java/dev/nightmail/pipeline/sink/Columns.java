package dev.nightmail.pipeline.sink;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The columns of a sink: first {@code id}, the record's own id as text, then the answer.
 *
 * <p>With a schema of an object its properties are the columns, in the schema's order. A property
 * named {@code id} becomes {@code answer_id}, one without a name {@code answer}, and a name that is
 * taken gets a number: {@code mood_2}. Anything else is one column {@code answer}. Tokens, model
 * and cost are not among them: they are in the summary, the report and the state.
 *
 * @param flattened whether the answer's properties are columns
 */
public record Columns(boolean flattened, List<Column> answer) {

    /** The types a column can have; what is none of these is written as JSON text. */
    public enum Type {
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
    public record Column(String name, String property, Type type) {}

    public static final String ID = "id";
    private static final String WHOLE_ANSWER = "answer";

    public Columns {
        answer = List.copyOf(answer);
    }

    /**
     * The columns for the answers of a schema.
     *
     * @param output the schema; null if any text will do
     * @param id what the column of the record's id is called
     * @param ignoringCase whether two names that differ only in capitals are one
     */
    public static Columns of(@Nullable JsonNode output, String id, boolean ignoringCase) {
        var schema = output == null ? MissingNode.getInstance() : output;
        if (schema.path("properties").isEmpty()) {
            return new Columns(
                    false,
                    List.of(new Column(WHOLE_ANSWER, "", output == null ? Type.TEXT : Type.JSON)));
        }
        var types = new SchemaTypes(schema);
        var names = new Names(ignoringCase);
        names.free(id);
        var columns = new ArrayList<Column>();
        for (var property : schema.path("properties").properties()) {
            columns.add(
                    new Column(
                            names.free(nameOf(property.getKey())),
                            property.getKey(),
                            types.of(property.getValue())));
        }
        return new Columns(true, columns);
    }

    /** The answer's value for a column; missing if the answer does not have it. */
    public JsonNode value(JsonNode answer, Column column) {
        return flattened ? answer.path(column.property()) : answer;
    }

    /** Which columns are not called what the schema calls them; a sentence each. */
    public List<String> notes() {
        return answer.stream()
                .filter(column -> flattened && !column.name().equals(column.property()))
                .map(column ->
                        "the property %s of the answers is the column %s of the sink"
                                .formatted(
                                        column.property().isEmpty()
                                                ? "without a name"
                                                : column.property(),
                                        column.name()))
                .toList();
    }

    /** Names for what an answer says beyond the columns, each one that is still free. */
    Names otherNames() {
        var names = new Names(false);
        names.free(ID);
        answer.forEach(column -> names.free(column.name()));
        return names;
    }

    static String nameOf(String property) {
        return switch (property) {
            case ID -> "answer_id";
            case "" -> WHOLE_ANSWER;
            default -> property;
        };
    }

    /** Gives every name once. */
    static final class Names {
        private final boolean ignoringCase;
        private final Set<String> taken = new HashSet<>();

        private Names(boolean ignoringCase) {
            this.ignoringCase = ignoringCase;
        }

        /** The wanted name, with a number behind it if it is taken; it is taken from now on. */
        String free(String wanted) {
            var name = wanted;
            for (int number = 2;
                    !taken.add(ignoringCase ? name.toLowerCase(Locale.ROOT) : name); ) {
                name = wanted + "_" + number++;
            }
            return name;
        }
    }
}
