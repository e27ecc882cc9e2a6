package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * How far a pipeline's answers have been delivered to a table, kept beside it in the table {@code
 * nightmail_progress}: the number of the last answer, by pipeline and sink.
 */
final class Progress {

    static final String TABLE = "nightmail_progress";

    private final Connection connection;
    private final DatabaseTable target;
    private final String pipelineId;
    private final String table;

    Progress(Connection connection, DatabaseTable target, String pipelineId) {
        this.connection = connection;
        this.target = target;
        this.pipelineId = pipelineId;
        var dot = target.table().indexOf('.');
        this.table =
                target.url()
                        .dialect()
                        .quotedTable(
                                dot < 0 ? TABLE : target.table().substring(0, dot + 1) + TABLE);
    }

    /** Makes the table and the row that are missing. */
    void prepare() throws SQLException {
        // Asked first: a right to make tables is needed only where it is missing.
        if (isMissing()) {
            make();
        }
        if (current() == null) {
            change(
                    "insert into %s (delivered, pipeline_id, sink) values (?, ?, ?)"
                            .formatted(table),
                    0);
        }
    }

    private boolean isMissing() throws SQLException {
        try {
            current();
            return false;
        } catch (SQLException e) {
            if (target.url().dialect().isMissingTable(e)) {
                return true;
            }
            throw e;
        }
    }

    private void make() throws SQLException {
        var text = target.url().dialect().isMysql() ? "varchar(200)" : "text";
        try (var statement = connection.createStatement()) {
            statement.execute(
                    """
                    create table if not exists %s (
                        pipeline_id %s not null,
                        sink        %s not null,
                        delivered   bigint not null,
                        primary key (pipeline_id, sink)
                    )
                    """
                            .formatted(table, text, text));
        }
    }

    /** The number of the last answer that was delivered; 0 if none was. */
    long read() throws SQLException {
        var current = current();
        return current == null ? 0 : current;
    }

    /** Everything is delivered again. */
    void reset() throws SQLException {
        change(
                "update %s set delivered = ? where pipeline_id = ? and sink = ?".formatted(table),
                0);
    }

    /**
     * @return whether it stood where the caller believes
     */
    boolean advance(long from, long to) throws SQLException {
        return change(
                        "update %s set delivered = ? where pipeline_id = ? and sink = ? and delivered = "
                                        .formatted(table)
                                + from,
                        to)
                == 1;
    }

    private int change(String sql, long delivered) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, delivered);
            statement.setString(2, pipelineId);
            statement.setString(3, target.table());
            return statement.executeUpdate();
        }
    }

    private @Nullable Long current() throws SQLException {
        try (var statement =
                connection.prepareStatement(
                        "select delivered from %s where pipeline_id = ? and sink = ?"
                                .formatted(table))) {
            statement.setString(1, pipelineId);
            statement.setString(2, target.table());
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : null;
            }
        }
    }
}
