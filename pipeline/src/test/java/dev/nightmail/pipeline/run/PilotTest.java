package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.run.RunSummary.End;
import dev.nightmail.pipeline.state.PilotBatches.Failures;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first requests of a prompt go alone, and the rest only if they were answered. */
@SuppressWarnings("NullAway.Init")
class PilotTest {

    private static final int RECORDS = 10;

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);
    private final List<RunEvent> events = new ArrayList<>();
    private PipelineFolder pipeline;

    @BeforeEach
    void makePipeline() throws Exception {
        pipeline = PipelineFolder.withTexts(folder, RECORDS);
        withPilot("{ records: 4, stop-above: 1 }");
    }

    private void withPilot(String pilot) throws Exception {
        pipeline.adding("pilot: " + pilot + "\n");
    }

    @Test
    void theRestIsSentOnceThePilotWasAnswered() throws Exception {
        var summary =
                run(event -> {
                    if (event instanceof RunEvent.BatchCollected(var number, _) && number == 1) {
                        assertThat(server.batches()).hasSize(1);
                    }
                });

        assertThat(batchSizes()).containsExactly(4, 6);
        assertThat(summary.end()).isEqualTo(End.COMPLETE);
        assertThat(judged()).containsExactly(new PilotResult(4, 4, 1, Map.of()));
    }

    @Test
    void aPilotOfWhichTooMuchFailsStopsTheRunAndItsAnswersAreWritten() throws Exception {
        failing(0, 2);

        var summary = run();

        assertThat(summary.end()).isEqualTo(End.STOPPED_BY_PILOT);
        assertThat(batchSizes()).containsExactly(4);
        assertThat(summary.done()).isEqualTo(2);
        assertThat(summary.unsent()).isEqualTo(6);
        assertThat(pipeline.answeredIds())
                .containsExactly(PipelineFolder.textId(1), PipelineFolder.textId(3));
        assertThat(pipeline.jsonLines("failed.jsonl")).hasSize(2);
        assertThat(Files.readString(folder.resolve("report.html"))).contains("by the pilot");
        assertThat(judged().getFirst().failures())
                .containsExactly(
                        Map.entry(
                                "invalid_request",
                                new Failures(
                                        2,
                                        PipelineFolder.textId(0),
                                        "invalid_request_error: because")));
    }

    @Test
    void asManyAsAreAllowedMayFail() throws Exception {
        failing(2);

        assertThat(run().end()).isEqualTo(End.COMPLETE);
        assertThat(batchSizes()).containsExactly(4, 6);
    }

    @Test
    void runAgainItStopsAgainAndSendsNothing() throws Exception {
        failing(0, 2);
        run();

        assertThat(run().end()).isEqualTo(End.STOPPED_BY_PILOT);

        assertThat(server.batches()).hasSize(1);
    }

    @Test
    void moreFailuresAllowedLetItGoOn() throws Exception {
        failing(0, 2);
        run();
        pipeline.replacing("stop-above: 1", "stop-above: 50%");

        assertThat(run().end()).isEqualTo(End.COMPLETE);
        assertThat(batchSizes()).containsExactly(4, 6);
    }

    @Test
    void withoutAPilotTheRestIsSentRegardlessAndNoneIsNeededLater() throws Exception {
        failing(0, 2);
        run();

        var summary = run(new RunOptions(false, false, false, agreeing(false)));

        assertThat(summary.end()).isEqualTo(End.COMPLETE);
        Files.writeString(folder.resolve(PipelineFolder.textId(RECORDS)), "one more");
        assertThat(run().done()).isEqualTo(RECORDS + 1 - 2);
        assertThat(batchSizes()).containsExactly(4, 6, 1);
    }

    @Test
    void whoWantsToGoOnIsAskedOnceAndTheRestIsSent() throws Exception {
        failing(0, 2);

        var summary = run(new RunOptions(agreeing(true)));

        assertThat(summary.end()).isEqualTo(End.COMPLETE);
        assertThat(summary.done()).isEqualTo(RECORDS - 2);
        assertThat(batchSizes()).containsExactly(4, 6);
    }

    @Test
    void aMendedPromptHasAPilotOfItsOwn() throws Exception {
        failing(0, 2);
        run();
        pipeline.replacing("Say", "Tell");
        server.answering((id, params, before) -> message("fine"));

        assertThat(run().done()).isEqualTo(RECORDS);
        assertThat(batchSizes()).containsExactly(4, 4, 6);
    }

    @Test
    void mendedRecordsAreAPilotAgain() throws Exception {
        failing(0, 2);
        run();
        Files.writeString(folder.resolve(PipelineFolder.textId(0)), "mended");
        Files.writeString(folder.resolve(PipelineFolder.textId(2)), "mended, too");
        server.answering((id, params, before) -> message("fine"));

        assertThat(run().done()).isEqualTo(RECORDS);
        assertThat(batchSizes()).startsWith(4, 2);
    }

    @Test
    void whatMayPassIsAskedAgainAloneBeforeItIsJudged() throws Exception {
        server.answering(
                (id, params, before) -> before == 0 ? error("overloaded_error") : message("fine"));

        var summary = run();

        assertThat(summary.done()).isEqualTo(RECORDS);
        assertThat(batchSizes()).startsWith(4, 4, 6);
        assertThat(judged()).hasSize(1);
    }

    @Test
    void whatFailedTransientlyTooOftenCounts() throws Exception {
        server.answering((id, params, before) -> error("overloaded_error"));
        pipeline.adding("retry: { transient: 1 }\n");

        assertThat(run().end()).isEqualTo(End.STOPPED_BY_PILOT);

        assertThat(batchSizes()).containsExactly(4, 4);
    }

    @Test
    void anAccountThatWasMendedHasAnotherPilot() throws Exception {
        server.answering((id, params, before) -> error("authentication_error"));
        assertThat(run().end()).isEqualTo(End.STOPPED_BY_PILOT);
        server.answering((id, params, before) -> message("fine"));

        assertThat(run().done()).isEqualTo(RECORDS);
        assertThat(batchSizes()).containsExactly(4, 4, 6);
    }

    @Test
    void aRunThatDoesNotWaitSendsThePilotAndTheNextOneTheRest() throws Exception {
        var left = submit();
        assertThat(left.end()).isEqualTo(End.BATCHES_OUT);
        assertThat(left.unsent()).isEqualTo(6);
        assertThat(batchSizes()).containsExactly(4);

        assertThat(collect().done()).isEqualTo(4);
        assertThat(batchSizes()).containsExactly(4);

        assertThat(submit().end()).isEqualTo(End.BATCHES_OUT);
        assertThat(batchSizes()).containsExactly(4, 6);
    }

    @Test
    void aPilotThatIsOutIsWaitedForByTheNextRunThatDoesNotWait() throws Exception {
        server.endingAfterPolls(3);
        submit();

        assertThat(submit().end()).isEqualTo(End.BATCHES_OUT);

        assertThat(batchSizes()).containsExactly(4);
    }

    @Test
    void aPilotThatFailedIsFoundOutByTheRunAfterTheCollection() throws Exception {
        failing(0, 2);
        submit();
        assertThat(collect().failedRecords()).isEqualTo(2);

        assertThat(submit().end()).isEqualTo(End.STOPPED_BY_PILOT);

        assertThat(batchSizes()).containsExactly(4);
    }

    @Test
    void aRunThatDiesLeavesThePilotToTheNext() throws Exception {
        assertThatThrownBy(() ->
                        run(event -> {
                            if (event instanceof RunEvent.BatchSubmitted) {
                                throw new IllegalStateException("killed");
                            }
                        }))
                .hasMessage("killed");

        assertThat(run().done()).isEqualTo(RECORDS);
        assertThat(batchSizes()).containsExactly(4, 6);
    }

    @Test
    void fewerRecordsThanThePilotHasAreAllThereIs() throws Exception {
        pipeline.replacing("records: 4", "records: 10");
        failing(0, 1, 2);

        var summary = run();

        assertThat(summary.end()).isEqualTo(End.COMPLETE);
        assertThat(summary.failedRecords()).isEqualTo(3);
        assertThat(batchSizes()).containsExactly(10);
        assertThat(judged()).isEmpty();
    }

    @Test
    void whatComesAfterAPilotThatWasAllIsHeldBackIfItFailed() throws Exception {
        pipeline.replacing("records: 4", "records: 50");
        failing(0, 1, 2);
        run();
        Files.writeString(folder.resolve(PipelineFolder.textId(RECORDS)), "one more");

        assertThat(run().end()).isEqualTo(End.STOPPED_BY_PILOT);

        assertThat(batchSizes()).containsExactly(10);
    }

    @Test
    void aPilotIsNoLargerThanABatch() throws Exception {
        pipeline.replacing("records: 4", "records: 100");

        var summary =
                pipeline.run(
                        PipelineFolder.endpoint(server),
                        world,
                        3,
                        event -> {
                            if (event instanceof RunEvent.BatchCollected(var number, _)
                                    && number == 1) {
                                assertThat(server.batches()).hasSize(1);
                            }
                        });

        assertThat(summary.done()).isEqualTo(RECORDS);
        assertThat(batchSizes()).containsExactly(3, 3, 3, 1);
    }

    @Test
    void aBatchThatWasPreparedBeforeThereWasAPilotIsCutForIt() throws Exception {
        pipeline.replacing("pilot: { records: 4, stop-above: 1 }\n", "");
        assertThat(run(new RunOptions(_ -> false)).end()).isEqualTo(End.DECLINED);
        withPilot("{ records: 4 }");

        assertThat(run().done()).isEqualTo(RECORDS);

        assertThat(batchSizes()).containsExactly(4, 6);
    }

    @Test
    void aPipelineThatHasAnswersToItsPromptNeedsNone() throws Exception {
        pipeline.replacing("pilot: { records: 4, stop-above: 1 }\n", "");
        run();
        withPilot("{ records: 1, stop-above: 0 }");
        for (int more = 0; more < 3; more++) {
            Files.writeString(folder.resolve(PipelineFolder.textId(RECORDS + more)), "more");
        }

        run();

        assertThat(batchSizes()).containsExactly(RECORDS, 3);
    }

    // Running

    private RunSummary run() throws InterruptedException {
        return run(RunOptions.withoutAsking());
    }

    private RunSummary run(RunOptions options) throws InterruptedException {
        return pipeline.run(PipelineFolder.endpoint(server), world, 100, options, events::add);
    }

    private RunSummary run(ProgressListener listener) throws InterruptedException {
        return pipeline.run(
                PipelineFolder.endpoint(server),
                world,
                100,
                event -> {
                    events.add(event);
                    listener.on(event);
                });
    }

    private RunSummary submit() throws InterruptedException {
        return run(new RunOptions(false, true, agreeing(false)));
    }

    private RunSummary collect() throws InterruptedException {
        return PipelineRun.checkedToCollect(pipeline.definition(), world.environment(100))
                .at(PipelineFolder.endpoint(server))
                .collect(false, events::add)
                .orElseThrow();
    }

    /** To what is to be spent; and to the rest after a pilot that failed? */
    private static RunOptions.Confirmation agreeing(boolean afterAll) {
        return new RunOptions.Confirmation() {
            @Override
            public boolean confirm(Preview preview) {
                return true;
            }

            @Override
            public boolean confirmAfter(PilotResult pilot) {
                return afterAll;
            }
        };
    }

    /** These are refused by the endpoint, the others answered. */
    private void failing(int... records) {
        var texts = new ArrayList<String>();
        for (int record : records) {
            texts.add("text of " + record + "\"");
        }
        server.answering((id, params, before) ->
                texts.stream().anyMatch(params.toString()::contains)
                        ? error("invalid_request_error")
                        : message("fine"));
    }

    private List<Integer> batchSizes() {
        return server.batches().stream().map(batch -> batch.customIds.size()).toList();
    }

    private List<PilotResult> judged() {
        return events.stream()
                .filter(RunEvent.PilotJudged.class::isInstance)
                .map(event -> ((RunEvent.PilotJudged) event).pilot())
                .toList();
    }
}
