package dev.nightmail.pipeline.database;

import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.PipelineRun;
import dev.nightmail.pipeline.run.RunEvent;
import dev.nightmail.pipeline.run.RunException;
import dev.nightmail.pipeline.run.RunOptions;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContract;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContract;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every kind of database does, as a source and as a sink. */
@SuppressWarnings("NullAway.Init")
abstract class DatabaseContract {

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();
    private final TestWorld world = new TestWorld(1);
    protected final List<RunEvent> events = new ArrayList<>();
    protected TestDatabase database;

    /** A new and empty one. */
    abstract TestDatabase create() throws Exception;

    @BeforeEach
    void database() throws Exception {
        database = create();
        database.execute(
                "create table ticket (id varchar(20) primary key, body varchar(200), updated_at "
                        + database.timeType()
                        + ")",
                "insert into ticket values ('a', 'first', '2026-01-01 10:00:00.000001'), ('b', 'second', '2026-01-01 10:00:00.000002'), ('c', 'third', '2026-01-01 10:00:00.000002')");
        new PipelineFolder(folder)
                .file(
                        "label.json",
                        """
                        {"type": "object", "required": ["label"],
                         "properties": {"label": {"type": "string"}, "score": {"type": "integer"}, "share": {"type": "number"},
                                        "sure": {"type": "boolean"}, "parts": {"type": "array"}}}
                        """);
        server.answering((id, params, before) ->
                message(
                        "{\"label\": \"of %s\", \"score\": 7, \"share\": 0.5, \"sure\": true, \"parts\": [1, \"x\"]}"
                                .formatted(id)));
    }

    @Nested
    class AsSource extends SourceContract {

        @Override
        protected RecordSource source(List<String> ids) throws Exception {
            database.execute("create table growing (id varchar(20), text varchar(40), number int)");
            for (var id : ids) {
                grown(id);
            }
            return growing();
        }

        @Override
        protected RecordSource grown(String id) throws Exception {
            database.execute(
                    "insert into growing select '%s', 'text of %s', count(*) from growing"
                            .formatted(id, id));
            return growing();
        }

        private RecordSource growing() {
            return DatabaseContract.this.source("select id, text, number from growing", "number");
        }
    }

    @Nested
    class AsSourceWithoutCursor extends SourceContract {

        @Override
        protected RecordSource source(List<String> ids) throws Exception {
            database.execute("create table growing (id varchar(20), text varchar(40))");
            for (var id : ids) {
                grown(id);
            }
            return DatabaseContract.this.source("select id, text from growing order by id;", null);
        }

        @Override
        protected RecordSource grown(String id) throws Exception {
            database.execute("insert into growing values ('%s', 'text of %s')".formatted(id, id));
            return DatabaseContract.this.source("select id, text from growing order by id;", null);
        }
    }

    @Nested
    class AsSink extends SinkContract {

        @Override
        protected Sink open() {
            return new DatabaseTable(
                            DatabaseUrl.parse(database.url(), folder),
                            "answers",
                            "id",
                            DatabaseSinkProvider.Mode.UPSERT,
                            folder.resolve("sample.jsonl"))
                    .open(context);
        }

        @Override
        protected Map<String, String> delivered() throws Exception {
            return database.map("select id, label from answers order by id");
        }

        @Test
        void anotherStateDeliversEverythingAgain() throws Exception {
            answers.add("a", "{\"label\": \"good\", \"score\": 1}");
            run(true);
            context.pipelineId("another");

            assertThat(run(true)).isEqualTo(1);
            assertThat(delivered()).containsOnly(Map.entry("a", "good"));
        }

        @Test
        void aTableThatWasDroppedIsMadeAndFilledAnew() throws Exception {
            answers.add("a", "{\"label\": \"good\", \"score\": 1}");
            run(true);
            database.execute("drop table answers");

            run(true);

            assertThat(delivered()).containsOnly(Map.entry("a", "good"));
        }
    }

    @Test
    void recordsGoFromOneTableIntoAnother() throws Exception {
        pipeline("cursor: updated_at", "");

        var summary = run();

        assertThat(summary.done()).isEqualTo(3);
        assertThat(summary.answerFile()).isNull();
        assertThat(summary.answerPlace()).startsWith("table ticket_label in ");
        assertThat(database.map("select id, label from ticket_label order by id"))
                .containsExactly(
                        Map.entry("a", "of a"), Map.entry("b", "of b"), Map.entry("c", "of c"));
        assertThat(database.rows("select score, share from ticket_label where id = 'a'").getFirst())
                .containsExactly("7", "0.5");
        assertThat(notes()).anyMatch(note -> note.contains("create table "));
        var again = run();
        assertThat(again.batches()).isZero();
        assertThat(again.records()).isEqualTo(3);
    }

    @Test
    void withACursorTheNextRunAsksOnlyOfWhatIsNewAndKeepsWhatItHas() throws Exception {
        pipeline("cursor: updated_at", "");
        run();
        database.execute(
                "delete from ticket where id = 'a'",
                "insert into ticket values ('d', 'fourth', '2026-01-01 10:00:00.000002')",
                "update ticket set body = 'changed', updated_at = '2026-01-02 10:00:00' where id = 'c'");

        var summary = run();

        assertThat(summary.records()).isEqualTo(4);
        assertThat(summary.done()).isEqualTo(4);
        assertThat(server.timesAsked("a")).isEqualTo(1);
        assertThat(server.timesAsked("b")).isEqualTo(1);
        assertThat(server.timesAsked("c")).as("its text is another").isEqualTo(2);
        assertThat(server.timesAsked("d")).as("it has the time of one that was read").isEqualTo(1);
    }

    @Test
    void aChangedPromptAsksEveryRowAgainInSpiteOfACursor() throws Exception {
        pipeline("cursor: updated_at", "");
        run();
        replaceInPipeline("Label {{body}}", "Judge {{body}}");

        run();

        assertThat(server.timesAsked("a")).isEqualTo(2);
    }

    @Test
    void aBadRowIsSetAsideAndAskedOnceItIsMendedThoughTheCursorIsBeyondIt() throws Exception {
        pipeline("cursor: updated_at", "");
        database.execute("insert into ticket values (' ', 'lost', '2026-01-01 09:00:00')");

        var before = run();

        assertThat(before.failed()).containsExactly(Map.entry("unusable_record", 1L));
        assertThat(before.done()).isEqualTo(3);
        assertThat(Files.readString(folder.resolve("failed.jsonl")))
                .contains("\"where\":\"row 1 of the query\"")
                .contains("it has no id");
        assertThat(run(RunOptions.withoutAsking(), 2).failed())
                .as("a sample, beside which the bad row stays known")
                .hasSize(1);
        var still = run();
        assertThat(still.failed()).containsExactly(Map.entry("unusable_record", 1L));
        assertThat(still.records()).isEqualTo(4);
        database.execute("update ticket set id = 'found' where id = ' '");

        var mended = run();

        assertThat(mended.failed()).isEmpty();
        assertThat(mended.done()).isEqualTo(4);
        assertThat(folder.resolve("failed.jsonl")).doesNotExist();
        assertThat(server.timesAsked("found")).isEqualTo(1);
        assertThat(server.timesAsked("a")).isEqualTo(1);
        var nothingNew = run();
        assertThat(nothingNew.records()).isEqualTo(4);
        assertThat(nothingNew.batches()).isZero();
    }

    @Test
    void aRunThatIsRefusedForBadRowsDoesNotMoveTheCursor() throws Exception {
        pipeline("cursor: updated_at", "");
        run();
        database.execute(
                "insert into ticket values (' ', 'lost', '2026-01-03 09:00:00'), ('d', 'fourth', '2026-01-03 10:00:00')");
        addToPipeline("bad-records: 1%");

        assertThatThrownBy(this::run)
                .isInstanceOf(RunException.class)
                .hasMessageContaining("1 of the 5 records read cannot be used");
        assertThatThrownBy(this::run).isInstanceOf(RunException.class);
        database.execute("update ticket set id = 'e' where id = ' '");

        assertThat(run().done()).isEqualTo(5);
        assertThat(server.timesAsked("e")).isEqualTo(1);
        assertThat(server.timesAsked("a")).isEqualTo(1);
    }

    @Test
    void betasThatChangeAskEveryRowAgainInSpiteOfACursor() throws Exception {
        pipeline("cursor: updated_at", "");
        run();
        addToPipeline("betas: [longer-2026-01-01]");

        assertThat(run().done()).isEqualTo(3);

        assertThat(server.timesAsked("a")).isEqualTo(2);
    }

    @Test
    void whatARunLeftIsCollectedIntoTheTable() throws Exception {
        server.endingAfterPolls(1);
        pipeline("cursor: updated_at", "");

        var left = run(new RunOptions(false, true, _ -> true));
        assertThat(left.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(database.rows("select * from ticket_label")).isEmpty();
        var collected =
                PipelineRun.of(
                                definition(),
                                PipelineFolder.endpoint(server),
                                world.environment(1000))
                        .collect(false, events::add)
                        .orElseThrow();

        assertThat(collected.end()).isEqualTo(RunSummary.End.COMPLETE);
        assertThat(collected.answerFile()).isNull();
        assertThat(database.rows("select * from ticket_label")).hasSize(3);
    }

    @Test
    void aRunThatDoesNotWaitDeliversWhatHasEnded() throws Exception {
        pipeline("cursor: updated_at", "");
        run(new RunOptions(false, true, _ -> true));
        database.execute("insert into ticket values ('d', 'fourth', '2026-01-02 10:00:00')");

        var second = run(new RunOptions(false, true, _ -> true));

        assertThat(second.end()).isEqualTo(RunSummary.End.BATCHES_OUT);
        assertThat(database.map("select id, label from ticket_label order by id"))
                .containsOnlyKeys("a", "b", "c");
    }

    @Test
    void aSampleDoesNotMoveTheCursorAndDoesNotGoIntoTheTable() throws Exception {
        pipeline("cursor: updated_at", "");

        run(RunOptions.withoutAsking(), 2);

        assertThat(Files.readAllLines(folder.resolve("pipeline.sample.jsonl"))).hasSize(2);
        assertThatThrownBy(() -> database.rows("select * from ticket_label"))
                .as("nobody made the table")
                .isInstanceOf(SQLException.class);
        assertThat(run().records()).isEqualTo(3);
        assertThat(database.rows("select * from ticket_label")).hasSize(3);
        assertThat(server.timesAsked("a")).isEqualTo(1);
    }

    @Test
    void answersAreDeliveredWhileTheRunGoesOn() throws Exception {
        server.endingOneAfterTheOther();
        pipeline("", "");

        PipelineRun.of(definition(), PipelineFolder.endpoint(server), world.environment(1))
                .run(RunOptions.withoutAsking(), events::add);

        var sinceDelivery =
                events.stream()
                        .dropWhile(event -> !(event instanceof RunEvent.AnswersDelivered))
                        .toList();
        assertThat(sinceDelivery).hasAtLeastOneElementOfType(RunEvent.BatchCollected.class);
    }

    @Test
    void aPromptThatIsChangedBackBringsItsAnswersBackIntoTheTable() throws Exception {
        server.answering((id, params, before) ->
                message(
                        "{\"label\": \"%s\"}"
                                .formatted(params.toString().contains("Judge") ? "new" : "old")));
        pipeline("", "");
        run();
        replaceInPipeline("Label {{body}}", "Judge {{body}}");
        run();
        assertThat(database.map("select id, label from ticket_label")).containsValue("new");
        replaceInPipeline("Judge {{body}}", "Label {{body}}");

        var summary = run();

        assertThat(summary.batches()).as("they are paid for").isZero();
        assertThat(database.map("select id, label from ticket_label").values()).containsOnly("old");
    }

    @Test
    void onlyRowsThatAreThereAreUpdatedIfTheAuthorWantsThat() throws Exception {
        server.endingOneAfterTheOther();
        database.execute(
                "create table ticket_label (id varchar(20) primary key, label varchar(99), score int, share numeric(4,2), sure boolean, parts varchar(99), body varchar(20))",
                "insert into ticket_label (id, label, body) values ('a', null, 'mine'), ('c', 'of c', 'mine')");
        pipeline("", "");
        replaceInPipeline("mode: upsert", "mode: update");

        PipelineRun.of(definition(), PipelineFolder.endpoint(server), world.environment(1))
                .run(RunOptions.withoutAsking(), events::add);

        assertThat(database.rows("select id, label, score, body from ticket_label order by id"))
                .containsExactly(
                        List.of("a", "of a", "7", "mine"), List.of("c", "of c", "7", "mine"));
        assertThat(notes())
                .anyMatch(note -> note.contains("has no row for record b"))
                .anyMatch(note ->
                        note.startsWith("answers without a row in table ticket_label in ")
                                && note.contains(": 1. They are not written"));
        assertThat(events)
                .filteredOn(RunEvent.AnswersDelivered.class::isInstance)
                .map(event -> ((RunEvent.AnswersDelivered) event).rows())
                .containsOnly(1L)
                .hasSize(2);
    }

    @Test
    void aTableThatIsOnlyUpdatedIsNotMade() throws Exception {
        pipeline("", "");
        replaceInPipeline("mode: upsert", "mode: update");

        assertThatThrownBy(this::run)
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("there is no table ticket_label")
                .hasMessageContaining("mode: update");
        assertThat(server.batches()).isEmpty();
        assertThatThrownBy(() -> database.rows("select * from ticket_label"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void aTableThatLacksColumnsIsRefusedBeforeAnythingIsSent() throws Exception {
        database.execute(
                "create table ticket_label (id varchar(20) primary key, label varchar(99))");
        pipeline("", "");

        assertThatThrownBy(this::run)
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("alter table ")
                .hasMessageContaining("score");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aRowThatWasEmptiedOrRemovedGetsItsAnswerBackOnceItsRecordIsReadAgain() throws Exception {
        pipeline("", "");
        run();
        database.execute(
                "update ticket_label set label = null, score = null, share = null, sure = null, parts = null where id = 'a'",
                "delete from ticket_label where id = 'b'");
        events.clear();

        run();

        assertThat(database.map("select id, label from ticket_label order by id"))
                .containsEntry("a", "of a")
                .containsEntry("b", "of b")
                .containsEntry("c", "of c");
        assertThat(server.requestsAccepted()).isEqualTo(3);
        assertThat(events.toString()).contains("2 are written once more");
    }

    @Test
    void aTableWithAColumnThatNoAnswerCanFillIsRefusedBeforeAnythingIsSent() throws Exception {
        database.execute(
                "create table ticket_label (id varchar(20) primary key, label varchar(99), score int, share real, sure int, parts varchar(99), owner varchar(20) not null, made varchar(20) default 'now' not null)");
        pipeline("", "");

        assertThatThrownBy(this::run)
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("need a value for owner, which no answer has");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aViewIsNoTable() throws Exception {
        database.execute(
                "create table labels (id varchar(20) primary key, label varchar(99), score int, share real, sure int, parts varchar(99))",
                "create view ticket_label as select * from labels");
        pipeline("", "");

        assertThatThrownBy(this::run)
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("is a view");
        assertThat(server.batches()).isEmpty();
    }

    @Test
    void aTableIsNotMadeForARunThatIsRefused() throws Exception {
        pipeline("", "");
        Files.writeString(folder.resolve("report.html"), "somebody else's");

        assertThatThrownBy(this::run)
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("report.html is there already");
        assertThatThrownBy(() -> database.rows("select * from ticket_label"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void aTableWhoseIdIsNoKeyIsRefusedAndAnUniqueOneIsNot() throws Exception {
        database.execute(
                "create table ticket_label (id varchar(20), ticket varchar(20) unique, label varchar(99), score int, share real, sure int, parts varchar(99))");
        pipeline("", "");
        assertThatThrownBy(this::run)
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("create unique index");
        assertThat(server.batches()).isEmpty();
        pipeline("", ", key: ticket");
        if (database.url().startsWith("postgres")) {
            database.execute("alter table ticket_label alter column sure type boolean using false");
        }

        run();

        assertThat(database.map("select ticket, label from ticket_label order by ticket"))
                .containsEntry("b", "of b")
                .hasSize(3);
    }

    @Test
    void aQueryThatIsWrongSaysSo() throws Exception {
        assertThatThrownBy(() -> source("select body from ticket", null).open())
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("has no column id (it has body)");
        assertThatThrownBy(() -> source("select id from ticket", "updated_at").open())
                .hasMessageContaining("no column updated_at");
        assertThatThrownBy(() -> source("select id from tickets", null).open())
                .hasMessageContaining("tickets");
        database.execute("insert into ticket values ('x', 'no time', null)");
        assertThatThrownBy(() -> all(source("select * from ticket", "updated_at")))
                .hasMessageContaining("updated_at is null in the row with the id x");
    }

    @Test
    void aSourceCannotWrite() {
        assertThatThrownBy(() -> source("delete from ticket", null).open())
                .isInstanceOf(SourceException.class);
        assertThatThrownBy(() ->
                        source("insert into ticket values ('z', 'z', null) returning id", null)
                                .open())
                .isInstanceOf(SourceException.class);
    }

    protected final DatabaseSource source(String sql, @Nullable String cursor) {
        return new DatabaseSource(DatabaseUrl.parse(database.url(), folder), sql, cursor);
    }

    protected static List<SourceRecord> all(RecordSource source) {
        return items(source).stream().map(SourceRecord.class::cast).toList();
    }

    protected static List<SourceItem> items(RecordSource source) {
        var items = new ArrayList<SourceItem>();
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                items.add(item);
            }
        }
        return items;
    }

    protected final void pipeline(String sourceKeys, String sinkKeys) throws Exception {
        Files.writeString(
                folder.resolve("pipeline.yaml"),
                """
                source:
                  database:
                    url: "${TICKETS_DB}"
                    sql: select id, body, updated_at from ticket
                    %s
                model: claude-haiku-4-5
                max_tokens: 100
                prompt: "Label {{body}}"
                output: { schema: label.json }
                sink: { database: { url: "${TICKETS_DB}", table: ticket_label, mode: upsert %s } }
                """
                        .formatted(sourceKeys, sinkKeys));
    }

    private void replaceInPipeline(String old, String by) throws Exception {
        var file = folder.resolve("pipeline.yaml");
        Files.writeString(file, Files.readString(file).replace(old, by));
    }

    private void addToPipeline(String line) throws Exception {
        var file = folder.resolve("pipeline.yaml");
        Files.writeString(file, Files.readString(file) + line + "\n");
    }

    protected final PipelineDefinition definition() {
        return PipelineDefinition.read(
                folder.resolve("pipeline.yaml"), name -> Optional.of(database.url()));
    }

    protected final RunSummary run() throws InterruptedException {
        return run(RunOptions.withoutAsking());
    }

    protected final FakeBatches server() {
        return server;
    }

    private RunSummary run(RunOptions options) throws InterruptedException {
        return run(options, null);
    }

    private RunSummary run(RunOptions options, @Nullable Integer limit)
            throws InterruptedException {
        return PipelineRun.checked(definition(), world.environment(1000), limit)
                .at(PipelineFolder.endpoint(server))
                .run(options, events::add);
    }

    protected final List<String> notes() {
        return events.stream()
                .filter(RunEvent.Noted.class::isInstance)
                .map(event -> ((RunEvent.Noted) event).text())
                .toList();
    }
}
