package dev.nightmail.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the free calls say is believed before anything is paid for. */
@SuppressWarnings("NullAway.Init")
class PreflightTest {

    @TempDir Path folder;
    private FakeBatches server;
    private final TestWorld world = new TestWorld(1);

    @BeforeEach
    void startServer() throws Exception {
        server = new FakeBatches();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void aModelThatTheEndpointDoesNotKnowIsRefusedBeforeAnythingIsSent() throws Exception {
        server.refusingToCount("not_found_error", "model: claude-haiku-4-5");

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("does not know claude-haiku-4-5")
                .hasMessageEndingWith("Nothing was sent");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aSchemaThatTheEndpointRefusesIsRefusedBeforeAnythingIsSent() throws Exception {
        server.refusingToCount(
                "invalid_request_error", "output_config.format.schema: minimum is not supported");

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("minimum is not supported");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void moreTokensThanTheModelWritesAreRefusedBeforeAnythingIsSent() throws Exception {
        server.whoseModelsWrite(99);

        assertThatThrownBy(() -> PipelineFolder.withTexts(folder, 3).run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("writes at most 99 tokens, and 100 are asked for");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aServerThatDoesNotCountIsNoReasonNotToRun() throws Exception {
        server.refusingToCount("not_found_error", "upstream local does not count tokens");

        assertThat(PipelineFolder.withTexts(folder, 3).run(server, world).done()).isEqualTo(3);
    }

    @Test
    void aRunWithNothingToSendAsksForNoModel() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        pipeline.run(server, world);
        server.whoseModelsWrite(99);

        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
    }

    @Test
    void progressNeverTellsOfMoreThanThePlanHas() throws Exception {
        var events = new ArrayList<RunEvent>();
        var pipeline = PipelineFolder.withTexts(folder, 20);

        pipeline.run(PipelineFolder.endpoint(server), world, 7, events::add);

        assertThat(events)
                .filteredOn(RunEvent.Progress.class::isInstance)
                .isNotEmpty()
                .allSatisfy(event -> {
                    var progress = (RunEvent.Progress) event;
                    assertThat(progress.settled()).isBetween(0L, progress.total());
                });
    }
}
