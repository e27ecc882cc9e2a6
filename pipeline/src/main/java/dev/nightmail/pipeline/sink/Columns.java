package dev.nightmail.pipeline.sink;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * The columns of a sink: first {@code id}, the record's own id as text, then the fields of the
 * record that are kept, then the answer, then what is said of how it came about.
 *
 * <p>With a schema of an object its properties are the columns of the answer, in the schema's
 * order. A property named {@code id} becomes {@code answer_id}, one without a name {@code answer},
 * and a name that is taken gets a number: {@code mood_2}. Anything else is one column {@code
 * answer}. A kept field or an extra column whose name a column of the answer has gets a number,
 * too, so that the answer's columns are called the same whatever stands beside them.
 *
 * @param flattened whether the answer's properties are columns
 * @param all but the id, in their order
 */
public record Columns(boolean flattened, List<Column> all) {

    /** The types a column can have; what is none of these is written as JSON text. */
    public enum Type {
        TEXT,
        WHOLE_NUMBER,
        NUMBER,
        TRUTH,
        JSON,
        /** Whatever the field of a record is. */
        ANY
    }

    /** What a column says something of. */
    public enum Origin {
        RECORD,
        ANSWER,
        EXTRA
    }

    /**
     * One column.
     *
     * @param name in the file
     * @param key the property in the answer, the field of the record, or the extra column's own
     *     name
     */
    public record Column(String name, Origin origin, String key, Type type) {
        Column ofType(Type other) {
            return new Column(name, origin, key, other);
        }
    }

    public static final String ID = "id";
    private static final String WHOLE_ANSWER = "answer";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    public Columns {
        all = List.copyOf(all);
    }

    /**
     * The columns for rows of a shape.
     *
     * @param id what the column of the record's id is called
     * @param ignoringCase whether two names that differ only in capitals are one
     */
    public static Columns of(RowShape shape, String id, boolean ignoringCase) {
        var names = new Names(ignoringCase);
        names.free(id);
        var schema = shape.schema() == null ? MissingNode.getInstance() : shape.schema();
        boolean flattened = !schema.path("properties").isEmpty();
        var answer = flattened ? ofProperties(schema, names) : List.of(ofWhole(shape, names));
        var columns = new ArrayList<Column>();
        for (var field : shape.keep()) {
            columns.add(new Column(names.free(field), Origin.RECORD, field, Type.ANY));
        }
        columns.addAll(answer);
        for (var extra : shape.extras()) {
            var name = extra.columnName();
            columns.add(new Column(names.free(name), Origin.EXTRA, name, extra.type()));
        }
        return new Columns(flattened, columns);
    }

    private static Column ofWhole(RowShape shape, Names names) {
        return new Column(
                names.free(WHOLE_ANSWER),
                Origin.ANSWER,
                "",
                shape.schema() == null ? Type.TEXT : Type.JSON);
    }

    private static List<Column> ofProperties(JsonNode schema, Names names) {
        var types = new SchemaTypes(schema);
        var columns = new ArrayList<Column>();
        for (var property : schema.path("properties").properties()) {
            columns.add(
                    new Column(
                            names.free(nameOf(property.getKey())),
                            Origin.ANSWER,
                            property.getKey(),
                            types.of(property.getValue())));
        }
        return columns;
    }

    /** The columns' names, in their order, without the id. */
    public List<String> names() {
        return all.stream().map(Column::name).toList();
    }

    List<Column> of(Origin origin) {
        return all.stream().filter(column -> column.origin() == origin).toList();
    }

    /** A row's values. */
    public Values values(AnswerRow row) {
        return new Values(row);
    }

    /** What stands in the columns of one row. */
    public final class Values {
        private final AnswerRow row;
        private final JsonNode answer;
        private final JsonNode kept;

        private Values(AnswerRow row) {
            this.row = row;
            this.answer = JSON.readTree(row.answer());
            this.kept = row.kept() == null ? MissingNode.getInstance() : JSON.readTree(row.kept());
        }

        /** Missing, or null, if the row has none. */
        public JsonNode of(Column column) {
            return switch (column.origin()) {
                case RECORD -> kept.path(column.key());
                case ANSWER -> flattened ? answer.path(column.key()) : answer;
                case EXTRA -> ExtraColumn.valueOf(column.key().toUpperCase(Locale.ROOT)).value(row);
            };
        }

        /** The answer as it was given. */
        JsonNode answer() {
            return answer;
        }
    }

    /** Which columns are not called what the author calls them; a sentence each. */
    public List<String> notes() {
        return all.stream()
                .filter(column ->
                        !column.name().equals(column.key())
                                && (flattened || column.origin() != Origin.ANSWER))
                .map(column ->
                        "%s is the column %s of the sink".formatted(meant(column), column.name()))
                .toList();
    }

    private static String meant(Column column) {
        return switch (column.origin()) {
            case RECORD -> "the field " + column.key() + " of the records";
            case ANSWER ->
                    "the property "
                            + (column.key().isEmpty() ? "without a name" : column.key())
                            + " of the answers";
            case EXTRA -> column.key() + ", which columns names,";
        };
    }

    /** Names for what an answer says beyond the columns, each one that is still free. */
    Names otherNames() {
        var names = new Names(false);
        names.free(ID);
        all.forEach(column -> names.free(column.name()));
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
