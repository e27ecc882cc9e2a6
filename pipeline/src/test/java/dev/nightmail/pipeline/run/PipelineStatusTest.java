package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.state.RecordCounts;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class PipelineStatusTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    @Test
    void aPipelineThatNeverRanHasNoneAndGetsNoState() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);

        var status = status(pipeline);

        assertThat(status.plan()).isNull();
        assertThat(status.records()).isEqualTo(RecordCounts.NONE);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("pipeline.yaml", "texts");
        }
    }

    @Test
    void itShowsRecordsAndBatchesWithTheirCost() throws Exception {
        server.answering((id, params, before) ->
                id.contains("002") ? error("invalid_request_error") : message("fine"));
        var pipeline = PipelineFolder.withTexts(folder, 4);
        pipeline.run(PipelineFolder.endpoint(server), world, 2, _ -> {});

        var status = status(pipeline);

        assertThat(status.runUnderWay()).isFalse();
        assertThat(status.records()).isEqualTo(new RecordCounts(0, 0, 0, 3, 1, 0, 0));
        assertThat(status.failed()).isEqualTo(Map.of("invalid_request", 1L));
        assertThat(status.out()).isEmpty();
        assertThat(status.over()).extracting(batch -> batch.row().number()).containsExactly(2, 1);
        assertThat(status.over())
                .extracting(batch -> batch.row().state())
                .containsOnly("collected");
        // Two answers, each with 100 tokens in and 10 out, at 0.50 and 2.50 USD per million.
        assertThat(status.over().getLast().costMicros()).isEqualTo(100 + 50);
        assertThat(Objects.requireNonNull(status.plan()).complete()).isTrue();
    }

    @Test
    void itIsReadWhileARunIsUnderWay() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 4);
        var seen = new ArrayList<PipelineStatus>();

        pipeline.run(
                PipelineFolder.endpoint(server),
                world,
                2,
                event -> {
                    if (event instanceof RunEvent.BatchCollected) {
                        seen.add(status(pipeline));
                    }
                });

        assertThat(seen.getFirst().runUnderWay()).isTrue();
        assertThat(seen.getFirst().records()).isEqualTo(new RecordCounts(0, 0, 2, 2, 0, 0, 0));
        assertThat(seen.getFirst().out())
                .singleElement()
                .satisfies(batch -> {
                    assertThat(batch.row().batchId()).isEqualTo("msgbatch_2");
                    assertThat(batch.row().state()).isEqualTo("submitted");
                });
        assertThat(status(pipeline).runUnderWay()).isFalse();
    }

    @Test
    void lookingChangesNoByteOfTheState() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 4);
        pipeline.run(server, world);
        var before = Files.readAllBytes(folder.resolve("pipeline.state.db"));

        status(pipeline);

        assertThat(Files.readAllBytes(folder.resolve("pipeline.state.db"))).isEqualTo(before);
        assertThat(folder.resolve("pipeline.state.db-wal")).doesNotExist();
        assertThat(folder.resolve("pipeline.state.db-shm")).doesNotExist();
    }

    @Test
    void aStateOfTheReleaseBeforeIsReadAsItIsAndMigratedByTheNextRun() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 4);
        pipeline.run(server, world);
        pipeline.becomeStateOfRelease(2);

        var status = status(pipeline);

        assertThat(status.records()).isEqualTo(new RecordCounts(0, 0, 0, 4, 0, 0, 0));
        assertThat(Objects.requireNonNull(status.plan()).complete()).isFalse();
        assertThat(pipeline.run(server, world).done()).isEqualTo(4);
        assertThat(server.requestsAccepted()).isEqualTo(4);
    }

    private PipelineStatus status(PipelineFolder pipeline) {
        return PipelineStatus.read(pipeline.definition(), world.environment(10));
    }
}
