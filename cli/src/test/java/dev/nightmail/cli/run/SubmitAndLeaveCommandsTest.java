package dev.nightmail.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** {@code run --no-wait}, {@code collect} and {@code status}, with their exit codes. */
class SubmitAndLeaveCommandsTest {

    private static final String PIPELINE =
            """
            name: tides
            source: { sql: "select id, text from 'records.jsonl' order by id" }
            model: claude-haiku-4-5
            max_tokens: 100
            prompt: '{{text}}'
            sink: { file: results.jsonl }
            """;

    @TempDir Path folder;
    private final FakeBatchesServer server = new FakeBatchesServer();
    private CommandLineSession last = new CommandLineSession(Path.of("."));

    @BeforeEach
    void writePipeline() {
        new CommandLineSession(folder)
                .file("tides.yaml", PIPELINE)
                .file(
                        "records.jsonl",
                        """
                        {"id": "a", "text": "high"}
                        {"id": "b", "text": "low"}
                        """);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void whatIsSubmittedIsCollectedLater() throws IOException {
        assertThat(there("run", "--no-wait")).isZero();
        assertThat(last.out())
                .startsWith("tides  1 batch is out\n")
                .contains("under way  2")
                .contains("nightmail collect takes the results when they are there.")
                .doesNotContain("results.jsonl");

        // After each look at the batch one of its two requests settles.
        for (int look = 0; look < 2; look++) {
            assertThat(there("collect")).isZero();
            assertThat(last.out()).startsWith("tides  1 batch is out\n");
            assertThat(folder.resolve("results.jsonl")).doesNotExist();
        }

        assertThat(there("collect")).isZero();
        assertThat(last.out())
                .startsWith("tides  complete\n")
                .contains("collected  1", "results  results.jsonl");
        assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(2);
        assertThat(creates()).isEqualTo(1);
    }

    @Test
    void aTableThatTheEnvironmentNamesIsCollectedIntoAndLookedAt() throws Exception {
        new CommandLineSession(folder)
                .file(
                        "tides.yaml",
                        PIPELINE.replace(
                                "{ file: results.jsonl }",
                                "{ database: { url: \"${TIDES_DB}\", table: tide } }"));

        assertThat(withTable("run", "--no-wait")).isZero();
        assertThat(withTable("status")).isZero();
        for (int look = 0; look < 3; look++) {
            assertThat(withTable("collect")).isZero();
        }

        assertThat(last.out()).contains("results  table tide in sqlite:tides.db");
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tides.db"));
                var rows = connection.createStatement().executeQuery("select count(*) from tide")) {
            assertThat(rows.getInt(1)).isEqualTo(2);
        }
    }

    private int withTable(String command, String... options) {
        var words = new ArrayList<>(List.of(command, "tides.yaml"));
        words.addAll(List.of(options));
        words.addAll(List.of("--endpoint", server.baseUri().toString()));
        last = new CommandLineSession(folder).with("TIDES_DB", "sqlite:tides.db");
        return last.run(words.toArray(String[]::new));
    }

    @Test
    void detailedExitCodesTellSuccessesApart() {
        assertThat(there("run", "--no-wait", "--detailed-exit")).isEqualTo(12);
        assertThat(there("status", "--detailed-exit")).isEqualTo(12);
        assertThat(there("collect", "--detailed-exit")).isEqualTo(12);
        assertThat(there("collect", "--detailed-exit")).isZero();
        assertThat(there("collect", "--detailed-exit")).isEqualTo(10);
        assertThat(there("run", "--detailed-exit")).isEqualTo(10);
        assertThat(there("status", "--detailed-exit")).isEqualTo(10);
        assertThat(there("run")).isZero();
    }

    @Test
    void aCollectionOfTheLastBatchSaysWhatHasNoAnswer() {
        server.failRequestsWith("b");
        there("run", "--no-wait");
        there("collect");
        there("collect");

        assertThat(there("collect")).isEqualTo(3);
        assertThat(last.out()).contains("set aside  1  1 invalid request");
        assertThat(there("collect")).as("it has been told").isZero();
    }

    @Test
    void aServerInsideTheProcessCannotBeLeft() {
        assertThat(run("run", "tides.yaml", "--no-wait")).isEqualTo(2);
        assertThat(last.err())
                .contains("--no-wait leaves batches behind")
                .contains("--endpoint URL (nightmail serve starts one)");
        assertThat(folder.resolve("tides.state.db")).doesNotExist();
        assertThat(folder.resolve(".nightmail")).doesNotExist();

        there("run", "--no-wait");
        assertThat(run("collect", "tides.yaml")).isEqualTo(2);
        assertThat(last.err()).contains("name one with --endpoint URL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "collect"})
    void anotherRunUnderWayIsASuccessWithAWord(String command) throws IOException {
        there("run");
        try (var _ = held()) {
            assertThat(there(command)).isZero();
            assertThat(last.out()).startsWith("Another run of this pipeline is under way");
            assertThat(there(command, "--detailed-exit", "--json")).isEqualTo(11);
            assertThat(JsonMapper.shared().readTree(last.out()).path("event").asString())
                    .isEqualTo("run_under_way");
        }
    }

    @Test
    void duringARunThereIsAStatusAndNoEstimate() throws IOException {
        there("run");
        try (var _ = held()) {
            assertThat(there("status", "--detailed-exit")).isEqualTo(11);
            assertThat(last.out()).startsWith("tides  a run is under way\n");
            assertThat(there("estimate")).isEqualTo(1);
            assertThat(last.err()).contains("nightmail status shows how far it is");
        }
    }

    @Test
    void noRecordsAreASuccessWithAWord() throws IOException {
        Files.writeString(
                folder.resolve("tides.yaml"), PIPELINE.replace("order by id", "where 1=0"));

        assertThat(there("run")).isZero();
        assertThat(last.out()).startsWith("Nothing to do: source: gives no records");
        assertThat(there("run", "--detailed-exit", "--no-wait")).isEqualTo(10);
        assertThat(there("estimate")).isZero();
        assertThat(folder.resolve("tides.state.db")).doesNotExist();
    }

    @Test
    void noRecordsWhileBatchesAreOutSaysSo() throws IOException {
        there("run", "--no-wait");
        Files.writeString(
                folder.resolve("tides.yaml"), PIPELINE.replace("order by id", "where 1=0"));

        assertThat(there("run", "--detailed-exit")).isEqualTo(12);
        assertThat(last.out())
                .contains("Of earlier runs 1 batch can be collected: nightmail collect does");
    }

    @Test
    void batchesElsewhereAreNotToBeCollectedHere() throws IOException {
        there("run", "--no-wait");
        Files.writeString(
                folder.resolve("tides.yaml"), PIPELINE.replace("order by id", "where 1=0"));

        try (var another = new FakeBatchesServer()) {
            last = new CommandLineSession(folder);
            var code =
                    last.run(
                            "run",
                            "tides.yaml",
                            "--detailed-exit",
                            "--endpoint",
                            another.baseUri().toString());
            assertThat(code).isEqualTo(10);
        }
        assertThat(last.out()).startsWith("Nothing to do").doesNotContain("can be collected");
    }

    @Test
    void anEndpointThatIsAwayIsSaidOnce() {
        there("run", "--no-wait");
        server.refuseWith(503);

        assertThat(there("status")).isZero();

        assertThat(last.err()).containsOnlyOnce("trying again");
    }

    @Test
    void aPipelineThatNeverRanHasNothingToCollectAndAStatus() throws IOException {
        assertThat(there("collect")).isZero();
        assertThat(last.out()).startsWith("Nothing to collect: tides has not been run yet.");
        assertThat(there("collect", "--detailed-exit")).isEqualTo(10);
        assertThat(there("status")).isZero();
        assertThat(last.out()).isEqualTo("tides  has not been run yet\n");
        assertThat(names()).containsExactlyInAnyOrder("tides.yaml", "records.jsonl");
    }

    @Test
    void aStatusShowsTheBatchesThatAreOut() {
        server.bill("batch");
        there("run", "--no-wait", "--yes");

        assertThat(there("status")).isZero();

        assertThat(last.out())
                .doesNotContain("Simulated")
                .startsWith("tides  source read 0.0 s ago\n")
                .contains("records    2", "under way  2")
                .containsPattern("BATCH +ID +STATE +REQUESTS +SETTLED +AGE +DEADLINE +COST")
                .containsPattern(
                        "1  msgbatch_001  under way +2 +0  1 h 00 min  in 23 h 00 min +~\\$0\\.0");

        there("status");
        there("status");

        assertThat(last.out()).containsPattern("msgbatch_001  to collect +2 +2  1 h 00 min  - ");
    }

    @Test
    void aStatusForProgramsIsOneObject() {
        server.bill("batch");
        there("run", "--no-wait", "--yes");
        there("status");

        assertThat(there("status", "--json")).isZero();

        var json = JsonMapper.shared().readTree(last.out());
        assertThat(json.path("pipeline").asString()).isEqualTo("tides");
        assertThat(json.path("run_under_way").asBoolean(true)).isFalse();
        assertThat(json.at("/records/submitted").asLong()).isEqualTo(2);
        assertThat(json.path("batches_out").asLong()).isEqualTo(1);
        var batch = json.path("batches").path(0);
        assertThat(batch.path("batch_id").asString()).isEqualTo("msgbatch_001");
        assertThat(batch.path("state").asString()).isEqualTo("submitted");
        assertThat(batch.path("age_millis").asLong()).isEqualTo(3_600_000);
        assertThat(batch.at("/request_counts/succeeded").asLong()).isPositive();
        assertThat(batch.path("billing").asString()).isEqualTo("batch");
        assertThat(batch.path("likely_cost_micros").asLong()).isPositive();
        assertThat(batch.path("expires_at").asString()).startsWith("2026-11-22T12:00:00");
    }

    @Test
    void anEndpointThatDoesNotAnswerTakesNothingFromTheStatusButItsCounts() {
        there("run", "--no-wait");
        server.refuseWith(401);

        assertThat(there("status")).isZero();

        assertThat(last.err()).contains("was asked for its batches in vain");
        assertThat(last.out()).containsPattern("msgbatch_001  under way +2 +-");
    }

    @Test
    void aFailedStartLeavesNoStateBehind() throws IOException {
        var embedded = new ArrayList<Path>();
        for (var broken :
                List.of(
                        PIPELINE.replace("{{text}}", "{{txt}}"),
                        PIPELINE.replace("{{text}}", "{{text"),
                        PIPELINE + "bad-records: 0\n",
                        PIPELINE + "output: { schema: schema.json }\n")) {
            Files.writeString(folder.resolve("schema.json"), "{\"type\": \"nothing\"}");
            Files.writeString(folder.resolve("records.jsonl"), "{\"id\":\"a\",\"text\":\"\"}\n");
            Files.writeString(folder.resolve("tides.yaml"), broken);
            last =
                    new CommandLineSession(folder)
                            .with(dataFolder -> {
                                embedded.add(dataFolder);
                                return RunCommandTest.started(server, dataFolder);
                            });

            assertThat(last.run("run", "tides.yaml")).as(last.err()).isIn(1, 2);

            assertThat(names())
                    .doesNotContain("tides.state.db", ".nightmail", "tides.state.db-wal");
        }
        assertThat(embedded).as("no server for a template or a schema that is none").hasSize(2);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** As another process holds it. */
    private FileChannel held() throws IOException {
        var channel =
                FileChannel.open(
                        folder.resolve("tides.state.db.lock"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        channel.lock();
        return channel;
    }

    private int creates() {
        return server.calls("POST", "/v1/messages/batches").size();
    }

    /** Runs a command over the pipeline at the test's server. */
    private int there(String command, String... options) {
        var arguments = new ArrayList<String>(List.of(command, "tides.yaml"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--endpoint", server.baseUri().toString()));
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        last = new CommandLineSession(folder);
        return last.run(arguments);
    }
}
