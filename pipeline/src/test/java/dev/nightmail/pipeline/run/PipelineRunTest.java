package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.bare;
import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class PipelineRunTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    @Test
    void everyRecordIsAnsweredOnceInSourceOrder() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 25);

        var summary = pipeline.run(PipelineFolder.endpoint(server), world, 10, _ -> {});

        assertThat(pipeline.answeredIds())
                .isEqualTo(IntStream.range(0, 25).mapToObj(n -> "r" + n).toList());
        assertThat(pipeline.jsonLines("results.jsonl").get(3).path("answer").asString())
                .isEqualTo("answer to r3");
        assertThat(server.batches())
                .extracting(batch -> batch.customIds.size())
                .containsExactly(10, 10, 5);
        assertThat(summary.end()).isEqualTo(RunSummary.End.COMPLETE);
        assertThat(summary.done()).isEqualTo(25);
        assertThat(summary.batches()).isEqualTo(3);
        assertThat(summary.usage().input()).isEqualTo(2500);
        // 2500 input at 0.50 and 250 output at 2.50 USD per million.
        assertThat(summary.costMicros()).isEqualTo(1250 + 625);
        assertThat(Files.readString(folder.resolve("report.html"))).contains(">25</td>");
        assertThat(folder.resolve("failed.jsonl")).doesNotExist();
    }

    @Test
    void aSecondRunPaysForNothing() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 8);
        pipeline.run(server, world);

        var summary = pipeline.run(server, world);

        assertThat(server.requestsAccepted()).isEqualTo(8);
        assertThat(summary.costMicros()).isZero();
        assertThat(summary.totalCostMicros()).isEqualTo(400 + 200);
        assertThat(pipeline.answeredIds()).hasSize(8);
    }

    @Test
    void resultsOfRequestsABatchDoesNotHaveAreToldAndPassedOver() throws Exception {
        server.addingToResults(
                "{\"custom_id\":\"stranger\",\"result\":{\"type\":\"expired\"}}\nno JSON\n");
        var events = new ArrayList<RunEvent>();

        var summary =
                PipelineFolder.withTexts(folder, 3)
                        .run(PipelineFolder.endpoint(server), world, 10, events::add);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(events).contains(new RunEvent.ResultsPassedOver(1, 2));
    }

    @Test
    void theReportOfARunWithNothingToDoStillTellsOfTheOthers() throws Exception {
        server.answering((id, params, before) ->
                id.equals("r1") ? error("invalid_request_error") : message("fine"));
        var pipeline = PipelineFolder.withRecords(folder, 3);
        pipeline.run(server, world);

        pipeline.run(server, world);

        assertThat(Files.readString(folder.resolve("report.html")))
                .contains(
                        "<th>Input tokens</th><td class=\"number\">0</td><td class=\"number\">200</td>")
                .contains("<td class=\"number\">1</td><td>msgbatch_1</td>")
                .contains("<th>r1</th><td>invalid_request_error: because</td>")
                .contains("<a href=\"failed.jsonl\">failed.jsonl</a>")
                .doesNotContain("simulated");
    }

    @Test
    void onlyWhatChangedIsPaidForAgain() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 5);
        pipeline.run(server, world);
        pipeline.file("records.csv", "key,text\nr0,text of 0\nr1,another text\nr9,new\n");

        pipeline.run(server, world);

        assertThat(server.batches().getLast().customIds).containsExactly("r1", "r9");
        assertThat(pipeline.answeredIds()).containsExactly("r0", "r1", "r2", "r3", "r4", "r9");
    }

    @Test
    void aPromptChangedBackFindsItsOldAnswers() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 3);
        pipeline.run(server, world);
        pipeline.pipeline("prompt: 'Something else about {{text}}'").run(server, world);
        assertThat(server.requestsAccepted()).isEqualTo(6);

        PipelineFolder.withRecords(folder, 3).run(server, world);

        assertThat(server.requestsAccepted()).isEqualTo(6);
    }

    @Test
    void anErrorThatPassesGoesIntoTheNextBatch() throws Exception {
        server.answering((id, params, before) ->
                id.equals("r1") && before < 2 ? error("overloaded_error") : message("fine"));

        var summary = PipelineFolder.withRecords(folder, 3).run(server, world);

        assertThat(summary.done()).isEqualTo(3);
        assertThat(server.batches())
                .extracting(batch -> batch.customIds.size())
                .containsExactly(3, 1, 1);
    }

    @Test
    void anErrorThatDoesNotPassIsSetAsideAndTriedAgainByTheNextRun() throws Exception {
        server.answering((id, params, before) ->
                id.equals("r1") && before < 4 ? error("overloaded_error") : message("fine"));
        var pipeline = PipelineFolder.withRecords(folder, 3);

        var summary = pipeline.run(server, world);

        assertThat(summary.failed())
                .containsOnlyKeys("transient_error")
                .containsEntry("transient_error", 1L);
        assertThat(server.timesAsked("r1")).isEqualTo(4);
        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
        assertThat(folder.resolve("failed.jsonl")).doesNotExist();
    }

    @Test
    void anExpiredRequestGoesIntoTheNextBatch() throws Exception {
        server.answering((id, params, before) -> before == 0 ? bare("expired") : message("fine"));

        assertThat(PipelineFolder.withRecords(folder, 3).run(server, world).done()).isEqualTo(3);
        assertThat(server.batches()).hasSize(2);
    }

    @Test
    void anInvalidRequestIsSetAsideWithItsReasonAndTheOthersGoOn() throws Exception {
        server.answering((id, params, before) ->
                id.equals("r1") ? error("invalid_request_error") : message("fine"));
        var pipeline = PipelineFolder.withRecords(folder, 3);

        var summary = pipeline.run(server, world);

        assertThat(summary.done()).isEqualTo(2);
        assertThat(pipeline.answeredIds()).containsExactly("r0", "r2");
        var failed = pipeline.jsonLines("failed.jsonl");
        assertThat(failed).hasSize(1);
        assertThat(failed.getFirst().path("id").asString()).isEqualTo("r1");
        assertThat(failed.getFirst().path("custom_id").asString()).isEqualTo("r1");
        assertThat(failed.getFirst().path("reason").asString()).isEqualTo("invalid_request");
        assertThat(failed.getFirst().path("message").asString())
                .isEqualTo("invalid_request_error: because");
        pipeline.run(server, world);
        assertThat(server.timesAsked("r1")).as("not sent again while it is the same").isEqualTo(1);
    }

    @Test
    void aCanceledRequestWaitsForTheNextRun() throws Exception {
        server.answering((id, params, before) ->
                id.equals("r1") && before == 0 ? bare("canceled") : message("fine"));
        var pipeline = PipelineFolder.withRecords(folder, 3);

        var summary = pipeline.run(server, world);

        assertThat(summary.end()).isEqualTo(RunSummary.End.CANCELED);
        assertThat(summary.unsent()).isEqualTo(1);
        assertThat(pipeline.run(server, world).done()).isEqualTo(3);
    }

    @Test
    void aResultOfAKindNobodyKnowsIsSetAsideAndNotAskedForAgain() throws Exception {
        server.answering(
                (id, params, before) -> id.equals("r1") ? bare("no_such_type") : message("fine"));

        var summary = PipelineFolder.withRecords(folder, 3).run(server, world);

        assertThat(summary.done()).isEqualTo(2);
        assertThat(summary.failed()).containsOnlyKeys("no_result");
        assertThat(server.timesAsked("r1")).isEqualTo(1);
    }

    /** What the guide says can be done about records without a result. */
    @Test
    void aSecondPipelineAsksWhatHasNoResultAgain() throws Exception {
        server.answering((id, params, before) ->
                id.equals("r1") && before == 0 ? bare("no_such_type") : message("fine"));
        var pipeline = PipelineFolder.withRecords(folder, 3);
        pipeline.run(server, world);
        var second =
                Files.writeString(
                        folder.resolve("again.yaml"),
                        """
                        source: { sql: "select key as id, text from 'records.csv' where key in (select id from 'failed.jsonl' where reason = 'no_result')" }
                        model: claude-haiku-4-5
                        max_tokens: 100
                        prompt: 'Say something of {{text}}'
                        sink: { file: again.jsonl, failed: again-failed.jsonl, report: again.html }
                        """);

        var summary =
                PipelineRun.of(
                                PipelineDefinition.read(second),
                                PipelineFolder.endpoint(server),
                                world.environment(10))
                        .run(RunOptions.withoutAsking(), _ -> {});

        assertThat(summary.done()).isEqualTo(1);
        assertThat(pipeline.jsonLines("again.jsonl").getFirst().path("id").asString())
                .isEqualTo("r1");
        assertThat(server.timesAsked("r0")).isEqualTo(1);
    }
}
