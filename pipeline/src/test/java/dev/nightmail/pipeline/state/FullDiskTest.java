package dev.nightmail.pipeline.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class FullDiskTest {

    @TempDir Path folder;

    @Test
    void aFullDiskIsSaidAndTheStateStaysAsItWas() throws Exception {
        try (var connection =
                DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"))) {
            var sql = new Sql(connection);
            sql.update("create table filled (bytes blob)");
            sql.number("pragma max_page_count = 4");

            assertThatThrownBy(() ->
                            sql.inTransaction(() -> {
                                sql.update("insert into filled values (zeroblob(100))");
                                sql.update("insert into filled values (zeroblob(1000000))");
                            }))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("the disk is full");
            assertThat(sql.number("select count(*) from filled")).isZero();
        }
    }
}
