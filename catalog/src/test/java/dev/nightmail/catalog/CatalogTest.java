package dev.nightmail.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {

    @TempDir Path data;

    private Path file() {
        return data.resolve("catalog.db");
    }

    @Test
    void whatWasWrittenIsThereAfterReopening() {
        var batch = Samples.batch(1);
        try (var catalog = Catalog.open(file())) {
            catalog.batches().insert(batch);
        }
        try (var catalog = Catalog.open(file())) {
            assertThat(catalog.batches().find(batch.id())).contains(batch);
        }
    }

    @Test
    void twoProcessesMayHaveItOpen() {
        var key =
                new ApiKey(
                        new KeyId("key_a"),
                        Samples.TEAM,
                        "a",
                        Set.of(Scope.ADMIN),
                        Samples.START,
                        null);
        try (var server = Catalog.open(file());
                var command = Catalog.open(file())) {
            command.keys().insert(key, "aa");
            assertThat(server.keys().findByHash("aa")).contains(key);
            server.batches().insert(Samples.batch(1));
            assertThat(command.batches().ids()).hasSize(1);
        }
    }

    @Test
    void aSchemaFromTheFutureIsRefusedInPlainWords() throws SQLException {
        Catalog.open(file()).close();
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement()) {
            statement.executeUpdate("update schema_history set version = '99'");
        }

        assertThatThrownBy(() -> Catalog.open(file()))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("schema 99")
                .hasMessageContaining("a newer Nightmail made");
    }

    @Test
    void aFileThatIsNoDatabaseIsNamed() throws Exception {
        Files.writeString(file(), "this is not a database, whatever its name says".repeat(100));

        assertThatThrownBy(() -> Catalog.open(file()))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("not a database");
    }

    @Test
    void aMissingFolderIsNamed() {
        assertThatThrownBy(() -> Catalog.open(data.resolve("nowhere").resolve("catalog.db")))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void theDatabaseKeepsAWriteAheadLog() throws SQLException {
        try (var _ = Catalog.open(file());
                var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement();
                var mode = statement.executeQuery("pragma journal_mode")) {
            assertThat(mode.getString(1)).isEqualTo("wal");
        }
    }
}
