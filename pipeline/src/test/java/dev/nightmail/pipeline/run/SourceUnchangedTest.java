package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that is what it was is not read again; one that may not be is. */
@SuppressWarnings("NullAway.Init")
class SourceUnchangedTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    private long plans(PipelineFolder pipeline) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + pipeline.stateFile());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from plan")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void aSecondRunOverTheSameFilesReadsNothing() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 5);
        pipeline.run(server, world);

        var again = pipeline.run(server, world);

        assertThat(plans(pipeline)).isEqualTo(1);
        assertThat(again.records()).isEqualTo(5);
        assertThat(again.done()).isEqualTo(5);
        assertThat(pipeline.answeredIds()).hasSize(5);
    }

    @Test
    void aFileThatWasTouchedIsRead() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 5);
        pipeline.run(server, world);
        Files.setLastModifiedTime(
                pipeline.path("records.csv"), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));

        assertThat(pipeline.run(server, world).done()).isEqualTo(5);

        assertThat(plans(pipeline)).isEqualTo(2);
        assertThat(server.requestsAccepted()).isEqualTo(5);
    }

    @Test
    void aNewTextAmongTheFilesIsRead() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        pipeline.run(server, world);
        Files.writeString(folder.resolve("texts/new.txt"), "new");

        assertThat(pipeline.run(server, world).done()).isEqualTo(4);
    }

    @Test
    void aQueryThatAsksForTheTimeIsRunAgain() throws Exception {
        var pipeline =
                PipelineFolder.withRecords(folder, 3)
                        .replacing(
                                "from 'records.csv'",
                                "from 'records.csv' where now() > '2020-01-01'");
        pipeline.run(server, world);

        pipeline.run(server, world);

        assertThat(plans(pipeline)).isEqualTo(2);
    }

    @Test
    void recordsThatAreToBeAskedAgainAreReadAgain() throws Exception {
        server.answering((id, params, before) ->
                id.equals("r1") && before < 4 ? error("overloaded_error") : message("fine"));
        var pipeline = PipelineFolder.withRecords(folder, 3);
        pipeline.run(server, world);

        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
        assertThat(plans(pipeline)).isEqualTo(2);
    }

    @Test
    void aSampleIsNoReadingOfAll() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 5);
        PipelineRun.checked(pipeline.definition(), world.environment(10), 2)
                .at(PipelineFolder.endpoint(server))
                .run(RunOptions.withoutAsking(), _ -> {});

        assertThat(pipeline.run(server, world).done()).isEqualTo(5);
    }
}
