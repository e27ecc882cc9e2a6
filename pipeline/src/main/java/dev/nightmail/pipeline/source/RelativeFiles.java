package dev.nightmail.pipeline.source;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the relative file names of a query start from the pipeline's folder.
 *
 * <p>DuckDB takes them from the folder the process was started in, a JVM cannot change that, and
 * {@code file_search_path} is refused by the sandbox. So the query goes through DuckDB's own parser
 * as JSON, the names are replaced in the tree, and the tree becomes SQL again: no guessing at
 * quotes and comments. The parser hands out SELECT statements only, which is what a source is.
 */
final class RelativeFiles {

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

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path base;

    RelativeFiles(Path base) {
        this.base = base;
    }

    String resolve(Connection connection, String query) throws SQLException {
        var tree = JSON.readTree(ask(connection, "select json_serialize_sql(?)", query));
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
        resolve(tree);
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

    private void resolve(JsonNode node) {
        if (node instanceof ObjectNode object) {
            switch (object.path("type").asString("")) {
                case "BASE_TABLE" -> resolveTable(object);
                case "TABLE_FUNCTION" -> resolveFunction(object.path("function"));
                default -> {}
            }
        }
        for (var child : node.values()) {
            resolve(child);
        }
    }

    private void resolveTable(ObjectNode table) {
        var name = table.path("table_name").asString("");
        if (!table.path("schema_name").asString("").isEmpty() || !looksLikeFile(name)) {
            return;
        }
        table.put("table_name", absolute(name));
        if (table.path("qualified_name").path("path") instanceof ArrayNode path
                && path.size() == 1) {
            path.set(0, JSON.getNodeFactory().stringNode(absolute(name)));
        }
    }

    private void resolveFunction(JsonNode function) {
        if (!FILE_FUNCTIONS.contains(
                function.path("function_name").asString("").toLowerCase(Locale.ROOT))) {
            return;
        }
        for (var argument : function.path("arguments").values()) {
            if (argument.path("name").asString("").isEmpty()) {
                resolveConstants(argument.path("expression"));
                return;
            }
        }
    }

    /**
     * The one file name, or those of a list; an expression that computes a name is left as it is.
     */
    private void resolveConstants(JsonNode expression) {
        if (expression.path("literal") instanceof ObjectNode literal
                && literal.path("kind").asString("").equals("STRING")) {
            literal.put("text", absolute(literal.path("text").asString("")));
            return;
        }
        if (expression.path("function_name").asString("").equals("list_value")) {
            for (var argument : expression.path("arguments").values()) {
                resolveConstants(argument.path("expression"));
            }
        }
    }

    /**
     * A table name with a dot, a slash or a star can only be a file here: the database is empty.
     */
    private static boolean looksLikeFile(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('/') >= 0 || name.indexOf('*') >= 0;
    }

    private String absolute(String name) {
        return name.startsWith("/") || name.contains("://") ? name : base + "/" + name;
    }
}
