package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.measure.BenchmarkFailure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** A PostgreSQL of our own with letters to read and a table for answers. */
record LetterDatabase(EmbeddedPostgres postgres) implements AutoCloseable {

    private static final String LETTERS =
            "select id, text from letter where number < %d order by number";

    /** As a sink groups them. */
    private static final int GROUP_ROWS = 1_000;

    static LetterDatabase start(Path data) throws IOException {
        return new LetterDatabase(
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(true)
                        .start());
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres"
                        .formatted(postgres.getPort()));
    }

    private String url() {
        return "postgresql://postgres@127.0.0.1:%d/postgres".formatted(postgres.getPort());
    }

    /** As it stands in a pipeline file. */
    String source(int limit) {
        return "{ database: { url: \"%s\", sql: \"%s\" } }"
                .formatted(url(), LETTERS.formatted(limit));
    }

    String sink() {
        return "{ database: { url: \"%s\", table: answer } }".formatted(url());
    }

    void fill(int letters) throws SQLException {
        execute(
                "create table letter (number int primary key, id text not null, text text not null)",
                "insert into letter select i, lpad(i::text, 7, '0'), repeat('a letter that came before dawn ', 10) from generate_series(0, %d) t(i)"
                        .formatted(letters - 1),
                "analyze letter");
    }

    private void execute(String... statements) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The same rows by plain JDBC with a cursor, dropped as they come. */
    Duration readAgain() throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(GROUP_ROWS);
            long start = System.nanoTime();
            try (var rows = statement.executeQuery(LETTERS.formatted(Integer.MAX_VALUE))) {
                long characters = 0;
                while (rows.next()) {
                    characters += rows.getString(1).length() + rows.getString(2).length();
                }
                if (characters == 0) {
                    throw new BenchmarkFailure("PostgreSQL gave no letters");
                }
            }
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    /** The same upserts, of values that lie ready, into a table that is new. */
    Duration upsertAgain() throws SQLException {
        execute("drop table if exists again", "create table again (like answer including all)");
        try (var reading = connect();
                var writing = connect();
                var from = reading.createStatement();
                var upsert =
                        writing.prepareStatement(
                                "insert into again (id, number, label, summary) values (?, ?, ?, ?) on conflict (id) do update set number = excluded.number, label = excluded.label, summary = excluded.summary")) {
            reading.setAutoCommit(false);
            writing.setAutoCommit(false);
            from.setFetchSize(GROUP_ROWS);
            long nanos = 0;
            try (var rows = from.executeQuery("select id, number, label, summary from answer")) {
                var more = true;
                while (more) {
                    int group = 0;
                    while (group < GROUP_ROWS && (more = rows.next())) {
                        upsert.setString(1, rows.getString(1));
                        upsert.setLong(2, rows.getLong(2));
                        upsert.setString(3, rows.getString(3));
                        upsert.setString(4, rows.getString(4));
                        upsert.addBatch();
                        group++;
                    }
                    nanos += execute(writing, upsert);
                }
            }
            return Duration.ofNanos(nanos);
        }
    }

    private static long execute(Connection connection, PreparedStatement upsert)
            throws SQLException {
        long start = System.nanoTime();
        upsert.executeBatch();
        connection.commit();
        return System.nanoTime() - start;
    }

    void dropAnswers() throws SQLException {
        execute("drop table answer", "drop table if exists nightmail_progress");
    }

    /**
     * @throws BenchmarkFailure if a record has no answer in the table, or that to another request
     */
    void requireEveryAnswer(int records) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select count(*) from answer where id::bigint = number")) {
            rows.next();
            if (rows.getLong(1) != records) {
                throw new BenchmarkFailure(
                        "of %,d records %,d have their answer in the table"
                                .formatted(records, rows.getLong(1)));
            }
        }
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new BenchmarkFailure("PostgreSQL does not end: " + e.getMessage());
        }
    }
}
