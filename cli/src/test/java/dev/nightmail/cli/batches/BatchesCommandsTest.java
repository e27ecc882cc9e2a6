package dev.nightmail.cli.batches;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class BatchesCommandsTest {

    private static final String REQUESTS =
            """
            {"custom_id": "a", "params": {"model": "m", "max_tokens": 1, "messages": []}}

            {"params": {"unknown": [1, {"x": "é"}]}, "custom_id": "b"}
            """;

    @TempDir Path folder;
    private final FakeBatchesServer server = new FakeBatchesServer();
    private CommandLineSession session = new CommandLineSession(Path.of("."));

    @BeforeEach
    void openSession() {
        session = new CommandLineSession(folder);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void submitPrintsTheIdAloneAndSendsTheLinesAsTheyAre() {
        session.file("requests.jsonl", REQUESTS);

        var code = batches("submit", "requests.jsonl");

        assertThat(code).isZero();
        assertThat(session.out()).isEqualTo("msgbatch_001\n");
        assertThat(session.err()).startsWith("Submitted 2 requests, ").contains("batches watch");
        var call = server.calls("POST", "/v1/messages/batches").getFirst();
        assertThat(call.body())
                .isEqualTo(
                        "{\"requests\":["
                                + REQUESTS.lines().toList().get(0)
                                + ","
                                + REQUESTS.lines().toList().get(2)
                                + "]}");
        assertThat(call.header("idempotency-key")).startsWith("nightmail-").hasSize(42);
    }

    @Test
    void aChosenIdempotencyKeyIsSentAsItIs() {
        session.file("requests.jsonl", REQUESTS);

        batches("submit", "requests.jsonl", "--idempotency-key", "mine");

        assertThat(
                        server.calls("POST", "/v1/messages/batches")
                                .getFirst()
                                .header("idempotency-key"))
                .isEqualTo("mine");
    }

    @Test
    void submitReadsStandardInput() {
        session.piped(REQUESTS);

        assertThat(batches("submit", "-")).isZero();
        assertThat(session.out()).isEqualTo("msgbatch_001\n");

        session.piped("no JSON\n");
        assertThat(batches("submit", "-")).isEqualTo(2);
        assertThat(session.err()).contains("standard input:1: ");
    }

    @Test
    void nothingIsSentWhenALineIsWrong() {
        session.file("requests.jsonl", REQUESTS + "{\"custom_id\": \"a\", \"params\": {}}\n");

        assertThat(batches("submit", "requests.jsonl")).isEqualTo(2);

        assertThat(session.err())
                .isEqualTo("nightmail: requests.jsonl:4: custom_id: a is also on line 1\n");
        assertThat(session.out()).isEmpty();
        assertThat(server.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{\\n \"requests\": [\\n  {\"custom_id\": \"a\",\\n \"params\": {}}\\n ]\\n}\\n|.requests[]",
                "{\"requests\": [{\"custom_id\": \"a\", \"params\": {}}]}|.requests[]",
                "[\\n {\"custom_id\": \"a\", \"params\": {}},\\n {\"custom_id\": \"b\", \"params\": {}}\\n]|.[]",
                "{\\n \"custom_id\": \"a\",\\n \"params\": {}\\n}\\n{\\n \"custom_id\": \"b\",\\n \"params\": {}\\n}|."
            })
    void aJsonDocumentIsToldHowToBecomeLines(String text, String filter) {
        session.file("w.json", text.replace("\\n", "\n")).piped(text.replace("\\n", "\n"));

        assertThat(batches("submit", "w.json")).isEqualTo(2);
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: w.json holds JSON that goes over lines or holds all requests at once, and one request a line is needed: jq -c '"
                                + filter
                                + "' w.json > w.jsonl makes such a file\n");

        assertThat(batches("submit", "-")).isEqualTo(2);
        assertThat(session.err())
                .startsWith("nightmail: standard input holds JSON")
                .endsWith("is needed: pass it through jq -c '" + filter + "'\n");
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void linesThatAreWrongAreStillToldOneByOne() {
        session.file("w.jsonl", "{\"custom_id\": \"a\"}\n{\"custom_id\": \"b\"}\n");

        assertThat(batches("submit", "w.jsonl")).isEqualTo(2);
        assertThat(session.err().lines())
                .containsExactly(
                        "nightmail: w.jsonl:1: params: is missing",
                        "w.jsonl:2: params: is missing");
    }

    @Test
    void listPagesUntilItHasEnough() {
        for (int i = 0; i < 5; i++) {
            server.addBatch("a", "b");
        }

        assertThat(batches("list", "--limit", "4")).isZero();

        assertThat(session.outLines().getFirst())
                .isEqualTo(
                        "ID            STATUS       REQUESTS  SUCCEEDED  OTHERS  CREATED            "
                                + "      EXPIRES");
        assertThat(
                        session.outLines().stream()
                                .skip(1)
                                .map(line -> line.substring(0, line.indexOf(' ')))
                                .toList())
                .containsExactly("msgbatch_005", "msgbatch_004", "msgbatch_003", "msgbatch_002");
        assertThat(session.out()).contains("2026-11-21 12:00:00 UTC  in 23 h 00 min");
    }

    @Test
    void anEmptyListSaysSoOnStandardErrorOnly() {
        assertThat(batches("list")).isZero();

        assertThat(session.out()).isEmpty();
        assertThat(session.err()).contains("There are no batches at " + server.baseUri());
    }

    @Test
    void showTellsCountsAndTimes() {
        var id = server.addBatch("a", "b");

        assertThat(batches("show", id)).isZero();

        assertThat(session.out())
                .isEqualTo(
                        """
                        msgbatch_001  in progress

                          requests    2
                          processing  2
                          succeeded   0
                          errored     0
                          canceled    0
                          expired     0

                          created  2026-11-21 12:00:00 UTC, 1 h 00 min ago
                          expires  2026-11-22 12:00:00 UTC, in 23 h 00 min
                        """);
    }

    @Test
    void showForProgramsHasTheNamesOfTheWire() {
        var id = server.addBatch("a", "b");

        batches("show", id, "--json");

        var json = JsonMapper.shared().readTree(session.out());
        assertThat(json.at("/request_counts/processing").asInt()).isEqualTo(2);
        assertThat(json.required("processing_status").asString()).isEqualTo("in_progress");
        assertThat(json.required("ended_at").isNull()).isTrue();
    }

    @Test
    void watchEndsWithTheBatch() {
        var id = server.addBatch("a", "b", "c");

        assertThat(batches("watch", id)).isZero();

        assertThat(session.out()).startsWith("msgbatch_001  ended\n").contains("succeeded   3");
    }

    @Test
    void watchEndsWithThreeIfSomeRequestsFailed() {
        server.failRequestsWith("b");
        var id = server.addBatch("a", "b", "c");

        assertThat(batches("watch", id)).isEqualTo(3);
    }

    @Test
    void watchForProgramsSaysEachChangeOnce() {
        var id = server.addBatch("a", "b");

        batches("watch", id, "--json");

        assertThat(
                        session.outLines().stream()
                                .map(JsonMapper.shared()::readTree)
                                .map(batch -> batch.at("/request_counts/succeeded").asInt())
                                .toList())
                .containsExactly(0, 1, 2);
    }

    @Test
    void stoppingAWatchStopsNothingElse() {
        var id = server.addBatch("a", "b");
        session.whenWaiting(_ -> {
            throw new InterruptedException();
        });

        assertThat(batches("watch", id)).isEqualTo(130);

        assertThat(session.err()).isEqualTo("nightmail: stopped watching; the batch goes on\n");
    }

    @Test
    void resultsStreamToStandardOutput() {
        var id = ended("a", "b");

        assertThat(batches("results", id)).isZero();

        assertThat(session.outLines()).hasSize(2).allMatch(line -> line.contains("succeeded"));
        assertThat(session.err()).isEmpty();
    }

    @Test
    void resultsGoOnWhereTheConnectionBroke() throws IOException {
        var id = ended("a", "b", "c", "d");
        server.breakNextResults();

        assertThat(batches("results", id, "--out", "results.jsonl")).isZero();

        assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(4);
        assertThat(session.err()).startsWith("4 results, ").endsWith(" in results.jsonl\n");
        var downloads = server.calls("GET", "/v1/messages/batches/" + id + "/results");
        assertThat(downloads).hasSize(2);
        assertThat(downloads.getLast().header("range")).startsWith("bytes=");
    }

    @Test
    void theFirstFailureIsSaidBeforeAnyPause() {
        server.refuseWith(503);
        var waits = new ArrayList<Duration>();
        session.whenWaiting(waits::add);

        assertThat(batches("list")).isEqualTo(1);

        assertThat(waits).hasSizeGreaterThan(1);
        assertThat(session.err().lines())
                .hasSize(2)
                .first()
                .isEqualTo(server.baseUri() + " answers 503; trying again");
    }

    @Test
    void aFileThatIsThereIsReplacedOnlyIfThatIsAskedFor() throws IOException {
        session.file("results.jsonl", "mine\n");
        var id = ended("a", "b");

        assertThat(batches("results", id, "--out", "results.jsonl")).isEqualTo(2);
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: results.jsonl is there already: move it away, name another file, or replace it with --overwrite\n");
        assertThat(folder.resolve("results.jsonl")).hasContent("mine\n");

        assertThat(batches("results", id, "--out", "results.jsonl", "--overwrite")).isZero();
        assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(2);
    }

    @Test
    void aFailedDownloadLeavesTheOldFileAndNoDraft() throws IOException {
        session.file("results.jsonl", "before\n");
        var id = server.addBatch("a");

        assertThat(batches("results", id, "--out", "results.jsonl")).isEqualTo(1);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail: msgbatch_001 has not ended yet (0 of 1 settled): nightmail"
                                + " batches watch msgbatch_001 --endpoint "
                                + server.baseUri()
                                + " waits for it\n");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("results.jsonl"));
        }
        assertThat(Files.readString(folder.resolve("results.jsonl"))).isEqualTo("before\n");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        var id = ended("a");

        assertThat(batches("results", id, "--out", "nowhere/results.jsonl")).isEqualTo(1);

        assertThat(session.err())
                .startsWith("nightmail: nowhere/results.jsonl cannot be written:")
                .contains("no such folder");
    }

    @Test
    void cancelAndDeleteSayWhatTheyDid() {
        var id = server.addBatch("a", "b");

        assertThat(batches("cancel", id)).isZero();
        assertThat(session.out()).contains("msgbatch_001 is being canceled");
        assertThat(batches("delete", id)).isZero();
        assertThat(session.out()).isEqualTo("msgbatch_001 is deleted.\n");
        assertThat(batches("show", id)).isEqualTo(1);
        assertThat(session.err()).contains("404 not_found_error: there is no batch msgbatch_001");
    }

    @Test
    void aServerThatIsNotThereFailsWithTheWayToStartOne() {
        server.close();

        assertThat(batches("list")).isEqualTo(1);

        assertThat(session.err().lines()).hasSize(2);
        assertThat(session.err().lines().findFirst())
                .hasValue(
                        "listing batches failed: "
                                + server.baseUri()
                                + " cannot be reached: nobody listens there; trying again");
        assertThat(session.err())
                .contains("cannot be reached: nobody listens there")
                .contains("nightmail serve");
    }

    @Test
    void aMissingArgumentIsWrongUsageInOneLine() {
        assertThat(session.run("batches", "show")).isEqualTo(2);

        assertThat(session.err())
                .isEqualTo(
                        "nightmail batches show: Missing required parameter: 'ID'"
                                + " (nightmail batches show --help says more)\n");
    }

    @Test
    void batchesAloneSaysWhatItCanDo() {
        assertThat(session.run("batches")).isEqualTo(2);

        assertThat(session.err()).contains("submit, list, show, watch, results, cancel, delete");
    }

    @Test
    void whatBrokeIsShownInFullOnlyWhenAskedFor() {
        assertThat(batches("show", "nothing")).isEqualTo(1);
        assertThat(session.err()).doesNotContain("\tat ");

        batches("show", "nothing", "--verbose");
        assertThat(session.err()).contains("\tat dev.nightmail.");
    }

    private String ended(String... customIds) {
        var id = server.addBatch(customIds);
        batches("watch", id);
        return id;
    }

    private int batches(String... arguments) {
        var all = new ArrayList<>(List.of("batches"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--endpoint", server.baseUri().toString()));
        return session.run(all.toArray(String[]::new));
    }
}
