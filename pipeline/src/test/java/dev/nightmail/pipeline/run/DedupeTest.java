package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that ask the same are asked once where the pipeline says so. */
@SuppressWarnings("NullAway.Init")
class DedupeTest {

    private static final String LETTERS =
            """
            id,text,customer
            a,good,Anna
            b,bad,Ben
            c,good,Cleo
            d,good,Dan
            """;

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    private PipelineFolder letters(String more) throws Exception {
        return new PipelineFolder(folder)
                .file("letters.csv", LETTERS)
                .file(
                        "pipeline.yaml",
                        """
                        name: letters
                        source: { sql: "select * from 'letters.csv'" }
                        model: claude-haiku-4-5
                        max_tokens: 100
                        prompt: 'What is {{text}}?'
                        sink: { file: results.jsonl, keep: [customer], columns: [cost_usd, attempts, batch_id] }
                        %s
                        """
                                .formatted(more));
    }

    @Test
    void allThatAskTheSameGetTheAnswerThatWasPaidForOnce() throws Exception {
        server.answering((id, _, _) -> message("asked by " + id));
        var pipeline = letters("dedupe: true");

        var summary = pipeline.run(server, world);

        assertThat(server.batches())
                .singleElement()
                .satisfies(batch -> assertThat(batch.customIds).containsExactly("a", "b"));
        assertThat(summary.done()).isEqualTo(4);
        var rows = pipeline.jsonLines("results.jsonl");
        assertThat(rows)
                .extracting(row ->
                        List.of(
                                row.path("id").asString(),
                                row.path("customer").asString(),
                                row.path("answer").asString(),
                                row.path("attempts").asInt()))
                .containsExactly(
                        List.of("a", "Anna", "asked by a", 1),
                        List.of("b", "Ben", "asked by b", 1),
                        List.of("c", "Cleo", "asked by a", 0),
                        List.of("d", "Dan", "asked by a", 0));
        // What all rows say they cost is what the run cost.
        assertThat(rows)
                .extracting(row -> row.path("cost_usd").decimalValue().signum())
                .containsExactly(1, 1, 0, 0);
        assertThat(rows)
                .extracting(row -> row.path("batch_id").asString())
                .containsOnly(server.batches().getFirst().id);
    }

    @Test
    void withoutTheKeyEachRecordIsAsked() throws Exception {
        letters("").run(server, world);

        assertThat(server.requestsAccepted()).isEqualTo(4);
    }

    @Test
    void aLaterRecordGetsTheAnswerOfAnEarlierRun() throws Exception {
        server.answering((id, _, _) -> message("asked by " + id));
        var pipeline = letters("dedupe: true");
        pipeline.run(server, world);
        pipeline.file("letters.csv", LETTERS + "e,bad,Eve\nf,new,Finn\n");

        pipeline.run(server, world);

        assertThat(server.batches().getLast().customIds).containsExactly("f");
        assertThat(pipeline.jsonLines("results.jsonl"))
                .filteredOn(row -> row.path("id").asString().equals("e"))
                .singleElement()
                .satisfies(
                        row -> assertThat(row.path("answer").asString()).isEqualTo("asked by b"));
    }

    @Test
    void aSecondRunOnlyToShareAnAnswerWritesItAndSendsNothing() throws Exception {
        var pipeline = letters("dedupe: true");
        pipeline.run(server, world);
        pipeline.file("letters.csv", LETTERS + "e,bad,Eve\n");

        pipeline.run(server, world);

        assertThat(server.batches()).hasSize(1);
        assertThat(pipeline.answeredIds()).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void whatFailsForOneFailsForAllAndIsTriedAgainOnce() throws Exception {
        server.answering((_, params, _) ->
                params.toString().contains("good")
                        ? error("invalid_request_error")
                        : message("fine"));
        var pipeline = letters("dedupe: true");

        var first = pipeline.run(server, world);

        assertThat(first.failed()).containsEntry("invalid_request", 3L);
        assertThat(pipeline.jsonLines("failed.jsonl"))
                .extracting(line -> line.path("id").asString())
                .containsExactly("a", "c", "d");
        server.answering((id, _, _) -> message("asked by " + id));
        pipeline.replacing("What is", "What was");

        var second = pipeline.run(server, world);

        assertThat(second.done()).isEqualTo(4);
        assertThat(server.batches().getLast().customIds).containsExactly("a", "b");
    }

    @Test
    void aRecordThatAsksSomethingElseMeanwhileIsNotGivenTheAnswer() throws Exception {
        server.answering((id, _, _) -> message("asked by " + id)).endingAfterPolls(2);
        var pipeline = letters("dedupe: true");
        var run =
                PipelineRun.of(
                        pipeline.definition(),
                        PipelineFolder.endpoint(server),
                        world.environment(1000));
        run.run(new RunOptions(false, true, RunOptions.withoutAsking().confirmation()), _ -> {});
        // The one that was asked for three, and one of those.
        pipeline.file(
                "letters.csv", LETTERS.replace("a,good", "a,better").replace("c,good", "c,best"));

        pipeline.run(server, world);

        assertThat(server.batches().getLast().customIds).containsExactlyInAnyOrder("a", "c");
        assertThat(pipeline.jsonLines("results.jsonl"))
                .extracting(row -> row.path("id").asString() + " " + row.path("answer").asString())
                .containsExactly("a asked by a", "b asked by b", "c asked by c", "d asked by a");
        assertThat(server.requestsAccepted()).isEqualTo(4);
    }

    @Test
    void aHigherLimitAsksWhatWasCutOffOnceForAll() throws Exception {
        server.answering((id, params, _) ->
                params.toString().contains("good") && params.path("max_tokens").asInt() == 100
                        ? message("cut", "max_tokens")
                        : message("asked by " + id));
        var pipeline = letters("dedupe: true");
        assertThat(pipeline.run(server, world).failed()).containsEntry("max_tokens", 3L);
        pipeline.replacing("max_tokens: 100", "max_tokens: 200");

        var second = pipeline.run(server, world);

        assertThat(second.done()).isEqualTo(4);
        assertThat(server.batches().getLast().customIds).containsExactly("a");
    }

    @Test
    void theEstimateCountsWhatIsAskedOnce() throws Exception {
        var once = estimate(letters("dedupe: true"));
        var each = estimate(letters("dedupe: false"));

        assertThat(once.estimate().requests()).isEqualTo(2);
        assertThat(once.records().following()).isEqualTo(2);
        assertThat(once.records().total()).isEqualTo(4);
        assertThat(each.estimate().requests()).isEqualTo(4);
    }

    private Preview estimate(PipelineFolder pipeline) throws Exception {
        return PipelineRun.of(
                        PipelineDefinition.read(pipeline.path("pipeline.yaml")),
                        PipelineFolder.endpoint(server),
                        world.environment(1000))
                .preview();
    }
}
