package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.s3.S3Place;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the files of a query, makes their relative names start from the pipeline's folder, and has
 * CSV files read as the pipeline wants them read.
 *
 * <p>DuckDB takes names from the folder the process was started in, a JVM cannot change that, and
 * {@code file_search_path} is refused by the sandbox. So the query goes through DuckDB's own parser
 * as JSON, the names are replaced in the tree, and the tree becomes SQL again: no guessing at
 * quotes and comments. The parser hands out SELECT statements only, which is what a source is.
 */
final class QueryFiles {

    private static final Set<String> CSV_FUNCTIONS = Set.of("read_csv", "read_csv_auto");

    /** Table functions whose first argument names files. */
    private static final Set<String> FILE_FUNCTIONS =
            Set.of(
                    "read_csv",
                    "read_csv_auto",
                    "sniff_csv",
                    "read_parquet",
                    "parquet_scan",
                    "parquet_metadata",
                    "parquet_schema",
                    "parquet_file_metadata",
                    "parquet_kv_metadata",
                    "parquet_full_metadata",
                    "parquet_bloom_probe",
                    "read_json",
                    "read_json_auto",
                    "read_json_objects",
                    "read_json_objects_auto",
                    "read_ndjson",
                    "read_ndjson_auto",
                    "read_ndjson_objects",
                    "read_text",
                    "read_blob",
                    "glob");

    /** Table functions that run SQL, or name tables, in a text nobody has looked at. */
    private static final Set<String> HIDDEN_QUERIES = Set.of("query", "query_table");

    /** Arguments of {@code read_csv} with which the query itself says what cells are. */
    private static final Set<String> CELL_TYPES =
            Set.of("all_varchar", "types", "dtypes", "column_types", "columns", "auto_detect");

    /** With which it says what quotes are. */
    private static final Set<String> QUOTES = Set.of("quote", "auto_detect");

    private static final String QUOTE = "quote = '\"'";

    private static final Pattern CSV_NAME =
            Pattern.compile("(?i).*\\.(csv|tsv|tab)(\\.gz|\\.zst)?");
    private static final Pattern READABLE_NAME =
            Pattern.compile("(?i).*\\.(parquet|(csv|tsv|tab|json|jsonl|ndjson)(\\.gz|\\.zst)?)");

    private static final JsonMapper JSON = JsonMapper.shared();

    /** A query that can be run, and the files it names; names may be patterns, all are absolute. */
    record Resolved(String sql, List<String> names) {}

    private final QueryPlaces places;
    private final Reading reading;
    private final List<String> names = new ArrayList<>();

    QueryFiles(QueryPlaces places, Reading reading) {
        this.places = places;
        this.reading = reading;
    }

    /**
     * The files that a query names, as {@link Resolved#names} has them, and objects by their {@code
     * s3://} names; none of them is looked into.
     */
    static List<String> names(Connection connection, String query, Path base) throws SQLException {
        // Cells are not typed, nor quotes looked for, as releases before did.
        var files = new QueryFiles(QueryPlaces.of(base), Reading.EARLIER);
        files.resolve(connection, statement(connection, query), Set.of());
        return List.copyOf(files.names);
    }

    Resolved resolve(Connection connection, String query) throws SQLException {
        var tree = statement(connection, query);
        var idColumns = reading == Reading.TYPED ? IdColumns.of(tree) : Set.<String>of();
        resolve(connection, tree, idColumns);
        return new Resolved(sql(connection, tree), List.copyOf(names));
    }

    private static JsonNode statement(Connection connection, String query) throws SQLException {
        var tree = parse(connection, query);
        if (tree.path("error").asBoolean()) {
            var message = tree.path("error_message").asString();
            throw new SourceException(
                    "source.sql: "
                            + (message.startsWith("Only SELECT") ? "must be one SELECT" : message));
        }
        if (tree.path("statements").size() != 1) {
            throw new SourceException(
                    "source.sql: must be one SELECT, not "
                            + tree.path("statements").size()
                            + " statements");
        }
        return tree;
    }

    static JsonNode parse(Connection connection, String query) throws SQLException {
        return JSON.readTree(ask(connection, "select json_serialize_sql(?)", query));
    }

    static String sql(Connection connection, JsonNode tree) throws SQLException {
        return ask(connection, "select json_deserialize_sql(?::json)", tree.toString());
    }

    private static String ask(Connection connection, String sql, String argument)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, argument);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private void resolve(Connection connection, JsonNode node, Set<String> idColumns)
            throws SQLException {
        if (node instanceof ObjectNode object) {
            switch (object.path("type").asString("")) {
                case "BASE_TABLE" -> resolveTable(connection, object);
                case "TABLE_FUNCTION" -> resolveFunction(object.path("function"));
                default -> {}
            }
            if (isCsv(object)) {
                readAsWritten(connection, object);
                typeCells(connection, object, idColumns);
            }
        }
        for (var child : node.values()) {
            resolve(connection, child, idColumns);
        }
    }

    private void resolveTable(Connection connection, ObjectNode table) throws SQLException {
        var name = table.path("table_name").asString("");
        if (!table.path("schema_name").asString("").isEmpty() || !looksLikeFile(name)) {
            return;
        }
        if (!READABLE_NAME.matcher(name).matches()) {
            throw new SourceException(
                    "source.sql: "
                            + name
                            + " is no file a source reads: it reads .csv, .tsv, .jsonl, .json and .parquet files, all but the last also with .gz or .zst; save a spreadsheet as CSV, or name another ending with read_csv('…')");
        }
        if (reading != Reading.EARLIER && CSV_NAME.matcher(name).matches()) {
            becomeFunction(connection, table, name);
            return;
        }
        var absolute = absolute(name);
        table.put("table_name", absolute);
        if (table.path("qualified_name").path("path") instanceof ArrayNode path
                && path.size() == 1) {
            path.set(0, JSON.getNodeFactory().stringNode(absolute));
        }
    }

    /** {@code 'a.csv'} is short for {@code read_csv('a.csv') as a}. */
    private void becomeFunction(Connection connection, ObjectNode table, String name)
            throws SQLException {
        var parsed =
                parse(connection, "from read_csv('" + absolute(name).replace("'", "''") + "')");
        var function =
                (ObjectNode) parsed.path("statements").path(0).path("node").path("from_table");
        var alias = table.path("alias").asString("");
        function.put(
                "alias",
                alias.isEmpty() && Globs.firstChoice(name) == name.length() ? stem(name) : alias);
        function.set("sample", table.path("sample"));
        function.set("column_name_alias", table.path("column_name_alias"));
        table.removeAll();
        table.setAll(function);
    }

    private static String stem(String name) {
        var last = name.substring(name.lastIndexOf('/') + 1);
        return last.indexOf('.') > 0 ? last.substring(0, last.indexOf('.')) : last;
    }

    private void resolveFunction(JsonNode function) {
        var called = nameOf(function);
        if (HIDDEN_QUERIES.contains(called)) {
            throw new SourceException(
                    "source.sql: "
                            + called
                            + "() reads what cannot be looked at before: write the query itself");
        }
        if (!FILE_FUNCTIONS.contains(called)) {
            return;
        }
        for (var argument : function.path("arguments").values()) {
            if (argument.path("name").asString("").isEmpty()) {
                resolveConstants(called, argument.path("expression"));
                return;
            }
        }
    }

    private void resolveConstants(String called, JsonNode expression) {
        if (expression.path("literal") instanceof ObjectNode literal
                && literal.path("kind").asString("").equals("STRING")) {
            literal.put("text", absolute(literal.path("text").asString("")));
            return;
        }
        if (expression.path("function_name").asString("").equals("list_value")) {
            for (var argument : expression.path("arguments").values()) {
                resolveConstants(called, argument.path("expression"));
            }
            return;
        }
        throw new SourceException(
                "source.sql: "
                        + called
                        + "() needs the names of its files written out, as in "
                        + called
                        + "('data/*.csv')");
    }

    private boolean isCsv(ObjectNode table) {
        return reading != Reading.EARLIER
                && table.path("type").asString("").equals("TABLE_FUNCTION")
                && CSV_FUNCTIONS.contains(nameOf(table.path("function")));
    }

    /**
     * What the database would guess from the first rows, and drop or mix up in later ones: a line
     * that begins with # is a row, and quotes are quotes though the first of them comes late.
     */
    private void readAsWritten(Connection connection, ObjectNode table) throws SQLException {
        if (!(table.path("function").path("arguments") instanceof ArrayNode arguments)) {
            return;
        }
        if (!saysAnyOf(arguments, Set.of("comment"))) {
            arguments.add(argument(connection, "comment = ''"));
        }
        if (!saysAnyOf(arguments, QUOTES) && !leavesNoQuestionOfQuotes(connection, arguments)) {
            arguments.add(argument(connection, QUOTE));
        }
    }

    /** Whether quotes seen in the first rows say what they are, or would change how those read. */
    private static boolean leavesNoQuestionOfQuotes(Connection connection, ArrayNode arguments)
            throws SQLException {
        var guessed = CsvForm.guess(connection, arguments, null);
        if (guessed == null || guessed.hasQuote()) {
            return true;
        }
        var quoted = CsvForm.guess(connection, arguments, argument(connection, QUOTE));
        return quoted == null || !quoted.isLike(guessed);
    }

    private void typeCells(Connection connection, ObjectNode table, Set<String> idColumns)
            throws SQLException {
        if (!(table.path("function").path("arguments") instanceof ArrayNode arguments)
                || saysAnyOf(arguments, CELL_TYPES)) {
            return;
        }
        if (reading == Reading.TEXT) {
            arguments.add(argument(connection, "all_varchar = true"));
            return;
        }
        var ids = new ArrayList<String>();
        for (var column : columnsOf(connection, table)) {
            if (idColumns.contains(column.toLowerCase(Locale.ROOT))) {
                ids.add("'" + column.replace("'", "''") + "': 'VARCHAR'");
            }
        }
        if (!ids.isEmpty()) {
            arguments.add(argument(connection, "types = {" + String.join(", ", ids) + "}"));
        }
    }

    private static boolean saysAnyOf(ArrayNode arguments, Set<String> names) {
        for (var argument : arguments.values()) {
            var named = argument.path("name").asString("");
            var compared =
                    argument.path("expression")
                            .path("left")
                            .path("column_names")
                            .path(0)
                            .asString("");
            if (names.contains((named.isEmpty() ? compared : named).toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode argument(Connection connection, String text) throws SQLException {
        return parse(connection, "from read_csv('x', " + text + ")")
                .path("statements")
                .path(0)
                .path("node")
                .path("from_table")
                .path("function")
                .path("arguments")
                .path(1);
    }

    private static List<String> columnsOf(Connection connection, ObjectNode table)
            throws SQLException {
        var query = (ObjectNode) parse(connection, "from read_csv('x')");
        ((ObjectNode) query.path("statements").path(0).path("node")).set("from_table", table);
        var columns = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("describe " + sql(connection, query))) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }
        return columns;
    }

    private static String nameOf(JsonNode function) {
        return function.path("function_name").asString("").toLowerCase(Locale.ROOT);
    }

    /**
     * A table name with a dot, a slash or a star can only be a file here: the database is empty.
     */
    private static boolean looksLikeFile(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('/') >= 0 || name.indexOf('*') >= 0;
    }

    private String absolute(String name) {
        if (S3Place.isName(name)) {
            return copyOf(name);
        }
        RemotePath.refuse("source.sql", name);
        var absolute = withoutDetours(name.startsWith("/") ? name : places.base() + "/" + name);
        names.add(absolute);
        return absolute;
    }

    /** The name itself while there are no copies. */
    private String copyOf(String name) {
        var copy = places.copies() == null ? name : places.copyOf(ObjectPattern.of(name).named());
        names.add(copy);
        return copy;
    }

    /** {@code a/../b.csv} is {@code b.csv}; what a pattern chooses has no detours. */
    private static String withoutDetours(String name) {
        try {
            var fixed = Globs.fixedFolder(name);
            var folder = Path.of(fixed).normalize().toString();
            return (folder.endsWith("/") ? folder : folder + "/") + name.substring(fixed.length());
        } catch (InvalidPathException e) {
            throw new SourceException(
                    "source.sql: " + name + " is not a path: " + e.getReason(), e);
        }
    }

    /** Whether a pattern would match a path. */
    static boolean matches(String name, Path path, boolean ignoringCase) {
        try {
            return Globs.pattern(normalized(name), ignoringCase).matcher(path.toString()).matches();
        } catch (PatternSyntaxException _) {
            return false;
        }
    }

    /** The folder above all files of a name or a pattern. */
    static Path folderOf(String name) {
        return Path.of(Globs.fixedFolder(name));
    }

    /** The same pattern with the links of its folder followed. */
    private static String normalized(String name) {
        var real = PathRule.real(folderOf(name)).toString();
        var rest = name.substring(Globs.fixedFolder(name).length());
        return (real.equals("/") ? real : real + "/") + rest;
    }

    /** Whether two names may be one: where the file system does not tell capitals apart. */
    static boolean ignoresCase(Path existing) {
        var name = String.valueOf(existing.getFileName());
        var upper = existing.resolveSibling(name.toUpperCase(Locale.ROOT));
        var lower = existing.resolveSibling(name.toLowerCase(Locale.ROOT));
        return Files.exists(upper) && Files.exists(lower) && PathRule.same(upper, lower);
    }
}
