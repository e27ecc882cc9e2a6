package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import dev.nightmail.pipeline.database.DatabaseSinkProvider.Mode;
import dev.nightmail.pipeline.sink.Columns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Looks which answers a table has. */
final class RowReader {

    private final Connection connection;
    private final DatabaseTable target;
    private final Columns columns;

    RowReader(Connection connection, DatabaseTable target, Columns columns) {
        this.connection = connection;
        this.target = target;
        this.columns = columns;
    }

    /**
     * Those of the ids whose row has none of the answer's columns filled, or is not there; of those
     * that are not there none, if rows are only updated.
     */
    List<String> lacking(List<String> ids) throws SQLException {
        var isUpdate = target.mode() == Mode.UPDATE;
        var dialect = target.url().dialect();
        var key = dialect.quoted(target.key());
        var filled =
                columns.names().stream()
                        .map(name -> dialect.quoted(name) + " is not null")
                        .collect(Collectors.joining(" or "));
        var sql =
                "select %s from %s where %s in (%s) and %s (%s)"
                        .formatted(
                                key,
                                dialect.quotedTable(target.table()),
                                key,
                                ids.stream().map(_ -> "?").collect(Collectors.joining(", ")),
                                isUpdate ? "not" : "",
                                filled);
        var found = new HashSet<String>();
        try (var statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < ids.size(); index++) {
                statement.setString(index + 1, RowWriter.plain(ids.get(index)));
            }
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return ids.stream().filter(id -> found.contains(RowWriter.plain(id)) == isUpdate).toList();
    }
}
