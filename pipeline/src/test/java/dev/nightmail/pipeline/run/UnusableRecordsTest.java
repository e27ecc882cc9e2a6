package dev.nightmail.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.prompt.PromptException;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bad record is set aside with the reason and its place, and never stops the others. */
@SuppressWarnings("NullAway.Init")
class UnusableRecordsTest {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);

    @Test
    void anEmptyPromptIsSetAsideWithItsPlaceAndTheOthersGoOn() throws Exception {
        var pipeline = records("a,one\nb,\nc,three\n").pipeline("prompt: '{{text}}'");

        var summary = pipeline.run(server, world);

        assertThat(pipeline.answeredIds()).containsExactly("a", "c");
        assertThat(summary.records()).isEqualTo(3);
        assertThat(summary.failed()).containsExactly(Map.entry("unusable_record", 1L));
        assertThat(summary.end()).isEqualTo(RunSummary.End.COMPLETE);
        var failed = pipeline.jsonLines("failed.jsonl").getFirst();
        assertThat(failed.path("id").asString()).isEqualTo("b");
        assertThat(failed.path("custom_id").isNull()).isTrue();
        assertThat(failed.path("reason").asString()).isEqualTo("unusable_record");
        assertThat(failed.path("message").asString()).isEqualTo("its prompt is empty");
        assertThat(failed.path("where").asString()).isEqualTo("row 2 of the query");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("<th>b</th><td>its prompt is empty (row 2 of the query)</td>");
    }

    @Test
    void anEmptyFieldStillShowsAsNothing() throws Exception {
        var pipeline = records("a,one\nb,\n").pipeline("prompt: 'Say: {{text}}'");

        assertThat(pipeline.run(server, world).done()).isEqualTo(2);
    }

    @Test
    void aFieldThatOnlySomeRecordsLackSetsThoseAside() throws Exception {
        var pipeline =
                new PipelineFolder(folder)
                        .file(
                                "records.jsonl",
                                """
                                {"id": "a", "m": "{\\"who\\": \\"ann\\"}"}
                                {"id": "b", "m": "{\\"other\\": 1}"}
                                """)
                        .file(
                                "pipeline.yaml",
                                """
                                source: { sql: "select id, m::json as m from 'records.jsonl' order by id desc" }
                                model: claude-haiku-4-5
                                max_tokens: 100
                                prompt: 'Of {{m.who}}'
                                sink: { file: results.jsonl }
                                """);

        pipeline.run(server, world);

        assertThat(pipeline.answeredIds()).containsExactly("a");
        assertThat(pipeline.jsonLines("failed.jsonl").getFirst().path("message").asString())
                .isEqualTo("it has no field m.who, which the prompt names");
    }

    @ParameterizedTest
    @CsvSource({"{{txt}}", "{{#text}}{{txt}}{{/text}}", "'{{text}} {{text.deeper}}'"})
    void aNameThatNoRecordHasIsTheTemplatesFault(String prompt) throws Exception {
        var pipeline = records("a,one\nb,two\n").pipeline("prompt: '" + prompt + "'");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(PromptException.class)
                .hasMessageContaining("record a has the fields id, text");

        assertThat(server.calls()).isEmpty();
    }

    @Test
    void aNameThatNoRecordHasIsFoundLongBeforeTheEndOfALongSource() throws Exception {
        var pipeline = records(rows(0, 1_500)).pipeline("prompt: '{{txt}}'", "bad-records: 100%");

        assertThatThrownBy(() -> pipeline.run(server, world)).isInstanceOf(PromptException.class);
    }

    @Test
    void theSecondRecordOfAnIdIsSetAside() throws Exception {
        var pipeline = records("a,one\nb,two\na,three\n,four\n").pipeline("prompt: 'Say {{text}}'");

        pipeline.run(server, world);

        assertThat(pipeline.answeredIds()).containsExactly("a", "b");
        assertThat(server.batches().getFirst().params.getFirst().toString()).contains("Say one");
        var failed = pipeline.jsonLines("failed.jsonl");
        assertThat(failed)
                .extracting(line -> line.path("message").asString())
                .containsExactly(
                        "its id was that of an earlier record of the source already: make the ids unique",
                        "it has no id: every record needs one");
        assertThat(failed)
                .extracting(line -> line.path("where").asString())
                .containsExactly("row 3 of the query", "row 4 of the query");
        assertThat(failed.get(1).path("id").isNull()).isTrue();
    }

    @Test
    void aRequestThatNoBatchCouldHoldIsSetAside() throws Exception {
        var pipeline =
                records("a," + "x".repeat(5_000) + "\nb,two\n").pipeline("prompt: '{{text}}'");
        var run =
                PipelineRun.of(
                        pipeline.definition(),
                        PipelineFolder.endpoint(server),
                        world.environment(10, 4_000));

        run.run(RunOptions.withoutAsking(), _ -> {});

        assertThat(pipeline.answeredIds()).containsExactly("b");
        assertThat(pipeline.jsonLines("failed.jsonl").getFirst().path("message").asString())
                .matches(
                        "its request has 5,\\d+ bytes, and at most 3,872 are allowed: truncate a field");
    }

    @Test
    void aFileThatIsNotUtf8IsSetAsideUnderItsName() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, 3);
        Files.write(folder.resolve(PipelineFolder.textId(1)), new byte[] {(byte) 0xE9, 'x'});

        pipeline.run(server, world);

        assertThat(pipeline.answeredIds())
                .containsExactly(PipelineFolder.textId(0), PipelineFolder.textId(2));
        var failed = pipeline.jsonLines("failed.jsonl").getFirst();
        assertThat(failed.path("where").asString()).isEqualTo(PipelineFolder.textId(1));
        assertThat(failed.path("message").asString()).contains("not UTF-8");
    }

    @Test
    void aRecordThatWasMendedIsAskedByTheNextRun() throws Exception {
        var pipeline = records("a,one\nb,\n").pipeline("prompt: '{{text}}'");
        pipeline.run(server, world);
        pipeline.file("records.csv", "key,text\na,one\nb,two\n");

        var summary = pipeline.run(server, world);

        assertThat(server.batches().getLast().customIds).containsExactly("b");
        assertThat(summary.failed()).isEmpty();
        assertThat(folder.resolve("failed.jsonl")).doesNotExist();
    }

    @Test
    void anAnswerOutlivesATimeInWhichItsRecordWasUnusable() throws Exception {
        var pipeline = records("a,one\nb,two\n").pipeline("prompt: '{{text}}'");
        pipeline.run(server, world);
        pipeline.file("records.csv", "key,text\na,one\nb,\n");
        assertThat(pipeline.run(server, world).done()).isEqualTo(1);
        pipeline.file("records.csv", "key,text\na,one\nb,two\n");

        assertThat(pipeline.run(server, world).done()).isEqualTo(2);

        assertThat(server.requestsAccepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        // 1% of the records, and 10 in any case.
        "'', 20, 10, true",
        "'', 20, 11, false",
        "'', 1989, 20, true",
        "'', 1980, 20, true",
        "'', 1979, 21, false",
        "bad-records: 0, 20, 1, false",
        "bad-records: 2, 20, 2, true",
        "bad-records: 2, 20, 3, false",
        "bad-records: 10%, 18, 2, true",
        "bad-records: 10%, 17, 2, false",
        "bad-records: 100%, 1, 30, true",
    })
    void theBoundStopsTheRunBeforeItSpends(String line, int good, int bad, boolean goesOn)
            throws Exception {
        var pipeline = records(rows(0, good) + emptyRows(bad)).pipeline("prompt: '{{text}}'", line);

        if (goesOn) {
            assertThat(pipeline.run(server, world).done()).isEqualTo(good);
        } else {
            assertThatThrownBy(() -> pipeline.run(server, world))
                    .isInstanceOf(RunException.class)
                    .hasMessageStartingWith("bad-records: ")
                    .hasMessageContaining(
                            "row " + (good + 1) + " of the query: its prompt is empty")
                    .hasMessageContaining(" may be so: ")
                    .hasMessageEndingWith("or raise bad-records. Nothing was sent");
            assertThat(server.calls()).isEmpty();
            assertThat(folder.resolve("pipeline.state.db")).doesNotExist();
        }
    }

    @Test
    void aSourceInWhichNothingCanBeUsedStopsTheRunWhateverTheBound() throws Exception {
        var pipeline = records("a,\nb,\n").pipeline("prompt: '{{text}}'", "bad-records: 100%");

        assertThatThrownBy(() -> pipeline.run(server, world))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith(
                        "bad-records: 2 of the 2 records read cannot be used: row 1 of the query: its prompt is empty; row 2");
    }

    @Test
    void anEstimateCountsThemAndNamesTheFirstPlaces() throws Exception {
        var pipeline =
                records(rows(0, 2) + emptyRows(5)).pipeline("prompt: '{{text}}'", "bad-records: 1");

        var preview =
                PipelineRun.of(
                                pipeline.definition(),
                                PipelineFolder.endpoint(server),
                                world.environment(10))
                        .preview();

        assertThat(preview.records().unusable()).isEqualTo(5);
        assertThat(preview.records().outstanding()).isEqualTo(2);
        assertThat(preview.records().total()).isEqualTo(7);
        assertThat(preview.unusable().allowed()).isEqualTo(1);
        assertThat(preview.unusable().first())
                .hasSize(3)
                .first()
                .isEqualTo("row 3 of the query: its prompt is empty");
        assertThat(PipelineState.exists(folder.resolve("pipeline.state.db"))).isFalse();
    }

    private PipelineFolder records(String rows) throws Exception {
        return new PipelineFolder(folder).file("records.csv", "key,text\n" + rows);
    }

    private static String rows(int from, int amount) {
        return IntStream.range(from, from + amount)
                .mapToObj(number -> "r" + number + ",text " + number + "\n")
                .collect(Collectors.joining());
    }

    private static String emptyRows(int amount) {
        return IntStream.range(0, amount)
                .mapToObj(number -> "e" + number + ",\n")
                .collect(Collectors.joining());
    }
}
