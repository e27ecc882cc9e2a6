package dev.nightmail.pipeline.source;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The form of a CSV file, as far as its first rows show it.
 *
 * @param quote empty if there is none
 */
record CsvForm(String delimiter, String quote, String columns) {

    boolean hasQuote() {
        return !quote.isEmpty() && !quote.equals("(empty)");
    }

    /** But for quotes. */
    boolean isLike(CsvForm other) {
        return delimiter.equals(other.delimiter) && columns.equals(other.columns);
    }

    /**
     * What the database guesses of the first file that a call of {@code read_csv} names.
     *
     * @param arguments of the call, with absolute names
     * @param more another argument; null: none
     * @return null if it has nothing to say, such as of a file that is not there
     */
    static @Nullable CsvForm guess(
            Connection connection, ArrayNode arguments, @Nullable JsonNode more)
            throws SQLException {
        var file = firstFile(connection, arguments);
        if (file == null) {
            return null;
        }
        var query =
                (ObjectNode)
                        QueryFiles.parse(
                                connection,
                                "select Delimiter, Quote, Columns::varchar from sniff_csv('"
                                        + file.replace("'", "''")
                                        + "')");
        var called =
                (ArrayNode)
                        query.path("statements")
                                .path(0)
                                .path("node")
                                .path("from_table")
                                .path("function")
                                .path("arguments");
        for (int place = 1; place < arguments.size(); place++) {
            called.add(arguments.get(place));
        }
        if (more != null) {
            called.add(more);
        }
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(QueryFiles.sql(connection, query))) {
            return rows.next()
                    ? new CsvForm(rows.getString(1), rows.getString(2), rows.getString(3))
                    : null;
        } catch (SQLException _) {
            return null;
        }
    }

    /** Null also of one that must not be read: whoever reads it says so. */
    private static @Nullable String firstFile(Connection connection, ArrayNode arguments) {
        var name = firstText(arguments.path(0).path("expression"));
        if (name == null) {
            return null;
        }
        try (var statement =
                connection.prepareStatement("select file from glob(?) order by file limit 1")) {
            statement.setString(1, name);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        } catch (SQLException _) {
            return null;
        }
    }

    /** A name, or the first of a list. */
    private static @Nullable String firstText(JsonNode expression) {
        var literal = expression.path("literal");
        return literal.path("kind").asString("").equals("STRING")
                ? literal.path("text").asString()
                : expression.path("arguments").path(0).isMissingNode()
                        ? null
                        : firstText(expression.path("arguments").path(0).path("expression"));
    }
}
