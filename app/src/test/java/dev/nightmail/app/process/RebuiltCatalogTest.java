package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The catalog of a server is lost and made again from the folders of its batches. What comes back
 * is every row of a batch, its idempotency key included, and the usage of those that have results;
 * API keys, and the usage of batches that are archived or deleted, stand in the catalog only.
 */
class RebuiltCatalogTest {

    private static final Questions ANSWERED = new Questions(0, 20);
    private static final Questions CANCELED =
            new Questions(1000, HeldUpstream.CALLS_IN_FLIGHT_MAX + 20);
    private static final Questions HELD = new Questions(2000, 10);

    @TempDir private Path data;
    private List<String> rows = List.of();
    private List<String> usage = List.of();

    @BeforeEach
    void runBatches() throws SQLException {
        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(data, upstream);
                var caller = new BatchesCaller(server)) {
            upstream.allow(ANSWERED.count());
            caller.awaitEnded(caller.create(ANSWERED, "answered"));
            var canceled = caller.create(CANCELED, "canceled");
            upstream.awaitFullOfHeldCalls();
            assertThat(caller.cancel(canceled)).isEqualTo(200);
            upstream.allow(HeldUpstream.CALLS_IN_FLIGHT_MAX);
            caller.awaitEnded(canceled);
            caller.create(HELD, "held");
            upstream.awaitCalls(ANSWERED.count() + HeldUpstream.CALLS_IN_FLIGHT_MAX + HELD.count());
            server.kill();
        }
        rows = all("batch", "batch_id");
        usage = all("batch_usage", "batch_id");
        assertThat(rows).hasSize(3);
        assertThat(usage).hasSize(2);
    }

    private List<String> all(String table, String order) throws SQLException {
        var all = new ArrayList<String>();
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + data.resolve("catalog.db"));
                var statement = connection.createStatement();
                var found =
                        statement.executeQuery(
                                "select * from %s order by %s".formatted(table, order))) {
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                var row = new ArrayList<String>();
                for (int column = 1; column <= columns; column++) {
                    row.add(found.getString(column));
                }
                all.add(row.toString());
            }
        }
        return all;
    }

    private void loseTheCatalog() throws IOException {
        for (var name : List.of("catalog.db", "catalog.db-wal", "catalog.db-shm")) {
            Files.deleteIfExists(data.resolve(name));
        }
    }

    @Test
    void aStartMakesEveryRowAgain() throws IOException, SQLException {
        loseTheCatalog();

        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(data, upstream)) {
            server.kill();
        }

        assertThat(all("batch", "batch_id")).isEqualTo(rows);
        assertThat(all("batch_usage", "batch_id")).isEqualTo(usage);
    }

    @Test
    void theDoctorMakesEveryRowAgain() throws IOException, SQLException {
        loseTheCatalog();

        try (var doctor = ForkedNightmail.runOn(data, "doctor", "--repair")) {
            assertThat(doctor.awaitExit()).as("%s", doctor.errors()).isZero();
            assertThat(doctor.output())
                    .anyMatch(line -> line.equals("catalog.db: is missing"))
                    .anyMatch(line -> line.contains("API keys"))
                    .endsWith("Checked 3 batches with 104 results: sound.");
        }

        assertThat(all("batch", "batch_id")).isEqualTo(rows);
        assertThat(all("batch_usage", "batch_id")).isEqualTo(usage);
    }
}
