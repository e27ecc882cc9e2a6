package dev.nightmail.app.process;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A database with tickets to read and a table that counts how often each of its rows is written.
 */
record TicketsDatabase(int port, String name) {

    private static final String[] TABLES = {
        "create table ticket (number int primary key, id text not null, text text not null)",
        "create table label (id text primary key, label text, score bigint)",
        "create table write (id text primary key, times int not null)",
        """
        create function count_write() returns trigger language plpgsql as $$
        begin
          insert into write values (new.id, 1) on conflict (id) do update set times = write.times + 1;
          return new;
        end $$
        """,
        "create trigger counted after insert or update on label for each row execute function count_write()"
    };

    static TicketsDatabase create(EmbeddedPostgres postgres, String name) throws SQLException {
        var database =
                new TicketsDatabase(
                        postgres.getPort(), name.replace('-', '_').toLowerCase(Locale.ROOT));
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + database.name());
        }
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            for (var table : TABLES) {
                statement.execute(table);
            }
        }
        return database;
    }

    /** As it stands in a pipeline file. */
    String url() {
        return "postgresql://postgres@127.0.0.1:%d/%s".formatted(port, name);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port, name));
    }

    void add(List<TicketsPipeline.Ticket> tickets) throws SQLException {
        try (var connection = connect();
                var statement =
                        connection.prepareStatement(
                                "insert into ticket (number, id, text) values (?, ?, ?)")) {
            for (var ticket : tickets) {
                statement.setInt(1, ticket.number());
                statement.setString(2, ticket.id());
                statement.setString(3, ticket.text());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** What the table says of each ticket, and how often that was written. */
    Map<String, String> labels() throws SQLException {
        var labels = new TreeMap<String, String>();
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select id, label, score, times from label left join write using (id)")) {
            while (rows.next()) {
                labels.put(
                        rows.getString(1),
                        "%s %d, written %d times"
                                .formatted(rows.getString(2), rows.getLong(3), rows.getInt(4)));
            }
        }
        return labels;
    }
}
