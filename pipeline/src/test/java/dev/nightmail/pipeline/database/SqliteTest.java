package dev.nightmail.pipeline.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.UnusableRecord;
import dev.nightmail.pipeline.state.FormerState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SqliteTest extends DatabaseContract {

    @Override
    TestDatabase create() {
        var file = folder.resolve("data.db");
        return new TestDatabase() {
            @Override
            public String url() {
                return "sqlite:data.db";
            }

            @Override
            public Connection connect() throws SQLException {
                return DriverManager.getConnection("jdbc:sqlite:" + file);
            }

            @Override
            public String timeType() {
                return "text";
            }
        };
    }

    @Test
    void aValueKeepsTheTypeItHasOfItself() throws Exception {
        database.execute(
                "create table kinds (id, whole, number, text, json json, none)",
                "insert into kinds values (1, 9007199254740993, 0.1, '1.10', '{\"a\": [1, 2]}', null)");

        var fields = all(source("select * from kinds", null)).getFirst().fields();

        assertThat(fields)
                .containsEntry("id", 1L)
                .containsEntry("whole", 9007199254740993L)
                .containsEntry("number", "0.1")
                .containsEntry("text", "1.10")
                .containsEntry("none", null);
        assertThat(String.valueOf(fields.get("json"))).isEqualTo("{\"a\":[1,2]}");
        database.execute("insert into kinds (id, text) values (2, x'00ff')");
        assertThat(items(source("select * from kinds", null)).getLast())
                .isEqualTo(
                        new UnusableRecord(
                                "2", "column text holds bytes: cast it to text in the query"));
    }

    @Test
    void aFileThatIsNotThereIsNotMade() {
        var missing =
                new DatabaseSource(
                        DatabaseUrl.parse("sqlite:no.db", folder), "select 1 as id", null);

        assertThatThrownBy(missing::open).hasMessageContaining("there is no file");
        assertThat(folder.resolve("no.db")).doesNotExist();
    }

    @Test
    void answersOfAnEarlierReleaseAreDeliveredOnceThereIsATable() throws Exception {
        pipeline("", "");
        run();
        database.execute("drop table ticket_label", "drop table nightmail_progress");
        FormerState.make(folder.resolve("pipeline.state.db"), 4);

        var summary = run();

        assertThat(summary.batches()).isZero();
        assertThat(database.rows("select id from ticket_label")).hasSize(3);
    }

    @Test
    void aDriverThatIsMissingIsNamed() {
        var source =
                new DatabaseSource(
                        DatabaseUrl.parse("mariadb://me:s3cr3t@127.0.0.1:1/d", folder),
                        "select 1 as id",
                        null);

        assumeTrue(System.getProperty(Drivers.FOLDER) == null, "there are other drivers");
        assertThatThrownBy(source::open)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("mariadb-java-client")
                .hasMessageContaining("licence")
                .hasMessageNotContaining("s3cr3t");
    }
}
