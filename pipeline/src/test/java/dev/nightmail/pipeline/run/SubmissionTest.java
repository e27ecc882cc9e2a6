package dev.nightmail.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that do not take what a run wants to send. */
@SuppressWarnings("NullAway.Init")
class SubmissionTest {

    /** More than a run ever tries. */
    private static final int FOR_GOOD = 1000;

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);
    private final List<RunEvent> events = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEndpointThatFailsAtEveryCreateEndsTheRunAndTheNextRunGoesOn(boolean honours)
            throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.failCreates.set(FOR_GOOD);

        assertThatThrownBy(() -> pipeline.run(endpoint(honours), world, 10, events::add))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("no batch could be submitted, tried 4 times")
                .hasMessageContaining("500 api_error")
                .hasMessageContaining("run it again to go on");
        assertThat(waits()).hasSize(3).isSorted().doesNotHaveDuplicates();

        server.failCreates.set(0);
        assertThat(pipeline.run(endpoint(honours), world, 10, _ -> {}).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCreateThatFailsForAWhileIsMadeOnce(boolean honours) throws Exception {
        server.failCreates.set(honours ? 4 : 2);

        var summary =
                PipelineFolder.withTexts(folder, 3).run(endpoint(honours), world, 10, events::add);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(summary.batches()).isEqualTo(1);
        assertThat(server.batches()).hasSize(1);
        assertThat(waits()).isNotEmpty();
    }

    @Test
    void aFullQueueIsWaitedForWhileItsBatchesAreFollowed() throws Exception {
        server.endingAfterPolls(3).runningMax.set(1);

        var summary =
                PipelineFolder.withTexts(folder, 25).run(endpoint(true), world, 10, events::add);

        assertThat(summary.done()).isEqualTo(25);
        assertThat(server.requestsAccepted()).isEqualTo(25);
        assertThat(waits()).isNotEmpty();
    }

    @Test
    void anEndpointThatIsOverloadedForGoodEndsTheRunOnceItsPatienceIsOver() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        var begin = world.clock().instant();
        server.overloadCreates.set(FOR_GOOD);

        assertThatThrownBy(() -> pipeline.run(endpoint(true), world, 10, events::add))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("529");
        assertThat(Duration.between(begin, world.clock().instant()))
                .isBetween(Duration.ofMinutes(60), Duration.ofMinutes(75));
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aRefusalThatWouldOnlyBeRepeatedEndsTheRunAtOnce() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.refuseCreate.set(400);

        assertThatThrownBy(() -> pipeline.run(endpoint(true), world, 10, events::add))
                .isInstanceOf(RefusedException.class);
        assertThat(waits()).isEmpty();
        assertThat(pipeline.run(endpoint(true), world, 10, _ -> {}).done()).isEqualTo(3);
    }

    private List<Duration> waits() {
        return events.stream()
                .filter(RunEvent.SubmissionFailed.class::isInstance)
                .map(event -> ((RunEvent.SubmissionFailed) event).nextTryIn())
                .toList();
    }

    private Endpoint endpoint(boolean honours) {
        return PipelineFolder.endpoint(server, honours);
    }
}
