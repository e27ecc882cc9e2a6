package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What records are asked changes while a batch is prepared, in doubt or out. Found by the
 * simulation.
 */
@SuppressWarnings("NullAway.Init")
class ChangesMeanwhileTest {

    private static final String BEFORE = "Say something of";
    private static final String AFTER = "Say nothing of";

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    @Test
    void aBatchWhoseRecordsAreAllAskedSomethingElseIsNotSentEmpty() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.refuseCreate.set(401);
        assertThatThrownBy(() -> run(pipeline)).isInstanceOf(RefusedException.class);

        assertThat(run(pipeline.replacing(BEFORE, AFTER)).done()).isEqualTo(3);

        assertThat(server.batches())
                .singleElement()
                .satisfies(batch -> assertThat(batch.customIds).hasSize(3));
        assertThat(requestsKept()).isEmpty();
    }

    @Test
    void aBatchThatIsTakenBackIsSentWithoutWhatIsAskedOtherwiseByNow() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.dropCreates.set(Integer.MAX_VALUE);
        assertThatThrownBy(() -> run(pipeline)).isInstanceOf(RunException.class);
        server.dropCreates.set(0);
        pipeline.file(PipelineFolder.textId(0), "another text");
        server.refuseCreate.set(413);
        assertThatThrownBy(() -> run(pipeline)).isInstanceOf(RefusedException.class);

        var summary = run(pipeline);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(summary.underWay()).isZero();
        assertThat(summary.unsent()).isZero();
        assertThat(server.requestsAccepted()).isEqualTo(3);
        assertThat(server.batches().toString()).doesNotContain("text of 0");
    }

    @Test
    void aRecordThatIsAskedAsBeforeDoesNotWaitForABatchThatHasItsResult() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.answering((id, params, before) ->
                params.toString().contains("text of 0") ? message("", "refusal") : message("fine"));
        server.shortenResults.set(1);
        submit(pipeline);
        pipeline.file(PipelineFolder.textId(0), "another text");
        submit(pipeline);
        pipeline.file(PipelineFolder.textId(0), "text of 0");

        var summary = run(pipeline);

        assertThat(summary.done()).isEqualTo(2);
        assertThat(summary.failed()).containsOnlyKeys("refusal");
        assertThat(summary.underWay()).isZero();
    }

    @Test
    void aBatchInDoubtThatNobodyWaitsForIsFoundAndItsAnswersAreKept() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.loseCreateAnswers.set(Integer.MAX_VALUE);
        assertThatThrownBy(() -> run(pipeline)).isInstanceOf(RunException.class);
        server.loseCreateAnswers.set(0);
        assertThat(run(pipeline.replacing(BEFORE, AFTER)).done()).isEqualTo(3);

        assertThat(run(pipeline.replacing(AFTER, BEFORE)).done()).isEqualTo(3);

        assertThat(server.requestsAccepted()).as("paid for once each").isEqualTo(6);
    }

    @Test
    void aBatchInDoubtThatIsNotThereAndNobodyWaitsForLeavesNothing() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.dropCreates.set(Integer.MAX_VALUE);
        assertThatThrownBy(() -> run(pipeline)).isInstanceOf(RunException.class);
        server.dropCreates.set(0);

        assertThat(run(pipeline.replacing(BEFORE, AFTER)).done()).isEqualTo(3);

        assertThat(server.requestsAccepted()).isEqualTo(3);
        assertThat(requestsKept()).isEmpty();
    }

    @Test
    void whatABatchThatIsGoneAskedIsCountedAmongWhatIsToBeSent() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        server.endingAfterPolls(Integer.MAX_VALUE);
        submit(pipeline);
        server.forget(server.batches().getFirst().id);
        server.endingAfterPolls(0);
        var outstanding = new ArrayList<Long>();

        pipeline.run(
                PipelineFolder.endpoint(server),
                world,
                10,
                new RunOptions(agreeing(outstanding)),
                _ -> {});

        assertThat(outstanding).containsExactly(3L);
    }

    private List<String> requestsKept() throws IOException {
        try (var paths = Files.walk(folder)) {
            return paths.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.startsWith("batch-"))
                    .toList();
        }
    }

    private static RunOptions.Confirmation agreeing(List<Long> outstanding) {
        return new RunOptions.Confirmation() {
            @Override
            public boolean confirm(Preview preview) {
                outstanding.add(preview.records().outstanding());
                return true;
            }

            @Override
            public boolean confirmResending(String batchId, int requests) {
                return true;
            }
        };
    }

    private RunSummary run(PipelineFolder pipeline) throws InterruptedException {
        return pipeline.run(PipelineFolder.endpoint(server), world, 10, _ -> {});
    }

    private void submit(PipelineFolder pipeline) throws InterruptedException {
        pipeline.run(
                PipelineFolder.endpoint(server),
                world,
                10,
                new RunOptions(false, true, RunOptions.withoutAsking().confirmation()),
                _ -> {});
    }
}
