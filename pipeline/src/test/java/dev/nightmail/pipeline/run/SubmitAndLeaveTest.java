package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.prompt.PromptException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.RunUnderWayException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.FakeBatches.Foreign;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that submits and leaves, and the collection that comes after it. */
@SuppressWarnings("NullAway.Init")
class SubmitAndLeaveTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);
    private final List<RunEvent> events = new ArrayList<>();

    @Test
    void itSubmitsWhatIsDueAndLeavesTheRestToCollect() throws Exception {
        server.endingAfterPolls(2);
        var pipeline = PipelineFolder.withTexts(folder, 5);
        var begun = world.clock().instant();

        var left = submit(pipeline, 2);

        assertThat(left.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(left.batches()).isEqualTo(3);
        assertThat(left.batchesOut()).isEqualTo(3);
        assertThat(left.underWay()).isEqualTo(5);
        assertThat(left.unsent()).isZero();
        assertThat(world.clock().instant()).as("it waited for nothing").isEqualTo(begun);
        assertThat(folder.resolve("results.jsonl")).doesNotExist();

        var early = collect(pipeline).orElseThrow();
        assertThat(early.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(early.batchesCollected()).isZero();
        assertThat(folder.resolve("results.jsonl")).doesNotExist();

        var late = collect(pipeline).orElseThrow();
        assertThat(late.end()).isEqualTo(RunSummary.End.COMPLETE);
        assertThat(late.batchesCollected()).isEqualTo(3);
        assertThat(late.costMicros()).isEqualTo(250 + 125);
        assertThat(pipeline.answeredIds()).hasSize(5);
        assertThat(server.batches()).hasSize(3);
        assertThat(Files.readString(folder.resolve("report.html"))).contains("Complete");
    }

    @Test
    void whatIsCollectedIsWrittenWhileOtherBatchesAreOut() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 4);
        submitBatchesEndingAfterPolls(pipeline, 1, 1_000);

        var summary = collect(pipeline).orElseThrow();

        assertThat(summary.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(summary.batchesCollected()).isEqualTo(1);
        assertThat(pipeline.answeredIds())
                .containsExactly(PipelineFolder.textId(0), PipelineFolder.textId(1));
    }

    @Test
    void anEndpointThatDoesNotAnswerEndsTheCollectionAndTheNextGoesOn() throws Exception {
        server.endingAfterPolls(1);
        var pipeline = PipelineFolder.withTexts(folder, 4);
        submit(pipeline, 2);
        // One batch cannot be looked up for now; the others can.
        server.lookUpAnswers.add(new Foreign(200, "application/json", ""));

        assertThatThrownBy(() -> collect(pipeline))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("collect again later")
                .hasCauseInstanceOf(EndpointException.class);
        assertThat(collect(pipeline).orElseThrow().end()).isEqualTo(RunSummary.End.COMPLETE);
    }

    @Test
    void collectingSendsNothingAgain() throws Exception {
        server.answering(
                (id, params, before) -> before == 0 ? error("overloaded_error") : message("fine"));
        var pipeline = PipelineFolder.withTexts(folder, 2);
        submit(pipeline, 10);

        var collected = collect(pipeline).orElseThrow();

        assertThat(collected.end()).isEqualTo(RunSummary.End.LEFT_TO_SEND);
        assertThat(collected.unsent()).isEqualTo(2);
        assertThat(server.batches()).hasSize(1);
        assertThat(submit(pipeline, 10).end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(collect(pipeline).orElseThrow().done()).isEqualTo(2);
    }

    @Test
    void theNextRunThatDoesNotWaitTakesWhatHasEndedAndSendsWhatThatFreed() throws Exception {
        server.answering(
                (id, params, before) -> before == 0 ? error("overloaded_error") : message("fine"));
        var pipeline = PipelineFolder.withTexts(folder, 2);
        submit(pipeline, 10);

        var second = submit(pipeline, 10);

        assertThat(second.batchesCollected()).isEqualTo(1);
        assertThat(second.batches()).isEqualTo(1);
        assertThat(second.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
    }

    @Test
    void aPlainRunTakesUpWhatWasLeft() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        submit(pipeline, 10);

        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @Test
    void answersThatAreThereAreNotReplacedByFewer() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        pipeline.run(server, world);
        pipeline.replacing("Say", "Tell");
        server.endingAfterPolls(5);

        submit(pipeline, 10);
        collect(pipeline);

        assertThat(pipeline.answeredIds()).hasSize(3);
    }

    @Test
    void unusableRecordsAreInTheFailedFileAtOnce() throws Exception {
        server.endingAfterPolls(5);
        var pipeline = PipelineFolder.withTexts(folder, 3);
        Files.writeString(folder.resolve(PipelineFolder.textId(1)), "");
        pipeline.replacing("Say something of {{text}}", "{{text}}");

        submit(pipeline, 10);

        assertThat(pipeline.jsonLines("failed.jsonl")).hasSize(1);
    }

    @Test
    void anEndpointThatTakesNothingFailsTheRunAtOnce() throws Exception {
        server.overloadCreates.set(1_000);
        var pipeline = PipelineFolder.withTexts(folder, 3);

        assertThatThrownBy(() -> submit(pipeline, 10)).isInstanceOf(EndpointException.class);
    }

    @Test
    void aRunThatFailsTakesNoAnswerAway() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        pipeline.run(server, world);
        pipeline.replacing("Say", "Tell");
        server.overloadCreates.set(1_000);

        assertThatThrownBy(() -> submit(pipeline, 10)).isInstanceOf(EndpointException.class);

        assertThat(pipeline.answeredIds()).hasSize(3);
    }

    @Test
    void whatTheEndpointTakesNoMoreOfIsLeftToTheNextRun() throws Exception {
        server.runningMax.set(1);
        server.endingAfterPolls(3);
        var pipeline = PipelineFolder.withTexts(folder, 4);

        var summary = submit(pipeline, 2);

        assertThat(summary.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(summary.batches()).isEqualTo(1);
        assertThat(summary.unsent()).isEqualTo(2);
    }

    @Test
    void aBatchThatMayExistIsNotWaitedForAtAnEndpointWithoutKeys() throws Exception {
        server.ignoringIdempotencyKeys().endingAfterPolls(1_000);
        server.loseCreateAnswers.set(1);
        var pipeline = PipelineFolder.withTexts(folder, 3);
        submit(pipeline, PipelineFolder.endpointWithoutIdempotency(server), 10);

        var again = submit(pipeline, PipelineFolder.endpointWithoutIdempotency(server), 10);

        assertThat(again.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(events)
                .anyMatch(event ->
                        event instanceof RunEvent.Noted(var text) && text.contains("still open"));
        assertThat(server.batches()).hasSize(1);
    }

    @Test
    void resultsThatAnEndedBatchLacksAreFetchedAgain() throws Exception {
        server.shortenResults.set(2);
        var pipeline = PipelineFolder.withTexts(folder, 3);
        submit(pipeline, 10);

        var summary = collect(pipeline).orElseThrow();

        assertThat(summary.done()).isEqualTo(3);
        assertThat(events).anyMatch(RunEvent.ResultsAwaited.class::isInstance);
        assertThat(server.requestsAccepted()).isEqualTo(3);
    }

    @Test
    void resultsThatSeveralBatchesLackAreAllFetchedAgain() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 4);
        submitBatchesEndingAfterPolls(pipeline, 1, 2);
        // The first batch is fetched after 0, 5 and 15 seconds, the second after 5 and 10: when the
        // second is complete, the first is not due yet.
        server.shortenResults.set(3);

        var summary = collect(pipeline).orElseThrow();

        assertThat(summary.end()).isEqualTo(RunSummary.End.COMPLETE);
        assertThat(summary.done()).isEqualTo(4);
        assertThat(events).filteredOn(RunEvent.ResultsAwaited.class::isInstance).hasSize(3);
    }

    @Test
    void aCollectionThatDiedBeforeItWroteIsMadeGoodByTheNext() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        submit(pipeline, 10);
        assertThatThrownBy(() ->
                        collect(
                                pipeline,
                                false,
                                event -> {
                                    if (event instanceof RunEvent.BatchCollected) {
                                        // As a process that is killed: nothing is written.
                                        makeUnwritable();
                                    }
                                }))
                .isInstanceOf(RuntimeException.class);
        Files.delete(folder.resolve("results.jsonl"));

        var next = collect(pipeline).orElseThrow();

        assertThat(next.batchesCollected()).isZero();
        assertThat(pipeline.answeredIds()).hasSize(3);
    }

    @Test
    void aCollectionThatTookNothingAfterABrokenOffReadingOwesNoAnswers() throws Exception {
        server.endingAfterPolls(3);
        var pipeline = PipelineFolder.withTexts(folder, 3);
        submit(pipeline, 10);
        pipeline.replacing("{{text}}", "{{txt}}");
        assertThatThrownBy(() -> submit(pipeline, 10)).isInstanceOf(PromptException.class);
        pipeline.replacing("{{txt}}", "{{text}}");

        assertThat(collect(pipeline).orElseThrow().batchesCollected()).isZero();
        assertThat(owesAnswers(pipeline)).isFalse();

        assertThat(collect(pipeline).orElseThrow().batchesCollected()).isEqualTo(1);
        assertThat(owesAnswers(pipeline)).isTrue();
    }

    @Test
    void aCollectionWritesNothingThatTheSourceReads() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        submit(pipeline, 10);
        pipeline.replacing("source: { files: texts }", "source: { files: '*.jsonl' }");

        assertThatThrownBy(() -> collect(pipeline, true, events::add))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("sink.file: results.jsonl is read by the source (*.jsonl)");
        assertThat(folder.resolve("results.jsonl")).doesNotExist();
    }

    @Test
    void whoNeverRanHasNothingToCollectAndGetsNoState() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);

        assertThat(collect(pipeline)).isEmpty();

        assertThat(folder.resolve("pipeline.state.db")).doesNotExist();
        assertThat(folder.resolve("pipeline.state.db.lock")).doesNotExist();
    }

    @Test
    void aSampleIsCollectedIntoTheSamplesFile() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        PipelineRun.checked(pipeline.definition(), world.environment(10), 2)
                .at(PipelineFolder.endpoint(server))
                .run(new RunOptions(false, true, _ -> true), _ -> {});

        collect(pipeline);

        assertThat(pipeline.jsonLines("results.sample.jsonl")).hasSize(2);
        assertThat(folder.resolve("results.jsonl")).doesNotExist();
    }

    @Test
    void collectingDuringARunIsLeftToTheRun() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        var refused = new ArrayList<@Nullable Throwable>();

        pipeline.run(
                PipelineFolder.endpoint(server),
                world,
                10,
                event -> {
                    if (event instanceof RunEvent.BatchSubmitted) {
                        assertThat(PipelineState.isRunUnderWay(folder.resolve("pipeline.state.db")))
                                .isTrue();
                        assertThatThrownBy(() -> collect(pipeline))
                                .isInstanceOf(RunUnderWayException.class)
                                .satisfies(refused::add);
                    }
                });

        assertThat(refused).hasSize(1);
        assertThat(PipelineState.isRunUnderWay(folder.resolve("pipeline.state.db"))).isFalse();
    }

    private static boolean owesAnswers(PipelineFolder pipeline) {
        try (var state = PipelineState.look(pipeline.stateFile()).orElseThrow()) {
            return state.holdsUnwrittenAnswers();
        }
    }

    private void makeUnwritable() {
        try {
            Files.createDirectory(folder.resolve("results.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Submits a batch of two records for each number of polls. */
    private void submitBatchesEndingAfterPolls(PipelineFolder pipeline, int... polls)
            throws InterruptedException {
        server.endingAfterPolls(polls[0]);
        run(pipeline, PipelineFolder.endpoint(server), 2)
                .run(
                        new RunOptions(false, true, _ -> true),
                        event -> {
                            if (event instanceof RunEvent.BatchSubmitted(var number, _, _, _)
                                    && number < polls.length) {
                                server.endingAfterPolls(polls[number]);
                            }
                        });
    }

    private RunSummary submit(PipelineFolder pipeline, int batchRequestsMax)
            throws InterruptedException {
        return submit(pipeline, PipelineFolder.endpoint(server), batchRequestsMax);
    }

    private RunSummary submit(PipelineFolder pipeline, Endpoint endpoint, int batchRequestsMax)
            throws InterruptedException {
        return run(pipeline, endpoint, batchRequestsMax)
                .run(new RunOptions(false, true, _ -> true), events::add);
    }

    private Optional<RunSummary> collect(PipelineFolder pipeline) throws InterruptedException {
        return collect(pipeline, false, events::add);
    }

    private Optional<RunSummary> collect(
            PipelineFolder pipeline, boolean overwrite, ProgressListener listener)
            throws InterruptedException {
        return PipelineRun.checkedToCollect(pipeline.definition(), world.environment(10))
                .at(PipelineFolder.endpoint(server))
                .collect(overwrite, listener);
    }

    private PipelineRun run(PipelineFolder pipeline, Endpoint endpoint, int batchRequestsMax) {
        return PipelineRun.of(pipeline.definition(), endpoint, world.environment(batchRequestsMax));
    }
}
