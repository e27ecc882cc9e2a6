package dev.nightmail.cli.batches;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.cli.CommandLineSession;
import dev.nightmail.cli.FakeBatchesServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Batches that are followed at a server that tells how they get on. */
class FollowTest {

    @TempDir Path folder;
    private final FakeBatchesServer server = new FakeBatchesServer();
    private CommandLineSession session = new CommandLineSession(Path.of("."));

    @BeforeEach
    void openSession() {
        server.beNightmail();
        session = new CommandLineSession(folder);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void watchIsToldAndNeedNotAsk() {
        var id = server.addBatch("a", "b", "c");

        assertThat(batches("watch", id, "--json")).isZero();

        assertThat(succeeded()).containsExactly(0, 1, 2, 3);
        assertThat(server.calls("GET", "/v1/messages/batches/" + id)).hasSize(1);
        assertThat(server.calls("GET", "/nightmail/v1/batches/" + id + "/events")).hasSize(1);
    }

    @Test
    void watchAsksWhereTheTellingBrokeOffAndIsToldAgain() {
        var id = server.addBatch("a", "b", "c", "d");
        server.breakNextResults();

        assertThat(batches("watch", id, "--json")).isZero();

        assertThat(succeeded()).startsWith(0).endsWith(4).isSorted().doesNotHaveDuplicates();
        assertThat(server.calls("GET", "/v1/messages/batches/" + id)).hasSize(2);
        assertThat(server.calls("GET", "/nightmail/v1/batches/" + id + "/events")).hasSize(2);
    }

    @Test
    void resultsFollowTheBatchToItsEnd() throws IOException {
        var id = server.addBatch("a", "b", "c");

        assertThat(batches("results", id, "--follow", "--out", "results.jsonl")).isZero();

        assertThat(customIds()).containsExactly("a", "b", "c");
        assertThat(session.err()).startsWith("3 results, ").endsWith(" in results.jsonl\n");
    }

    @Test
    void resultsFollowToStandardOutput() {
        var id = server.addBatch("a", "b", "c");

        assertThat(batches("results", id, "--follow")).isZero();

        assertThat(session.outLines()).hasSize(3).allMatch(line -> line.contains("succeeded"));
    }

    @Test
    void aBrokenConnectionIsTakenUpWhereItBroke() throws IOException {
        var id = server.addBatch("a", "b", "c");
        server.breakNextResults();

        assertThat(batches("results", id, "--follow", "--out", "results.jsonl")).isZero();

        assertThat(customIds()).containsExactly("a", "b", "c");
    }

    @Test
    void aFileThatIsThereIsGoneOnWith() throws IOException {
        var id = server.addBatch("a", "b", "c");
        batches("results", id, "--follow", "--out", "results.jsonl");
        var whole = Files.readString(folder.resolve("results.jsonl"));
        // In the middle of a line, as a download leaves it that was killed.
        session.file("results.jsonl", whole.substring(0, whole.length() / 2));

        assertThat(batches("results", id, "--follow", "--out", "results.jsonl", "--json")).isZero();

        assertThat(Files.readString(folder.resolve("results.jsonl"))).isEqualTo(whole);
        var said = JsonMapper.shared().readTree(session.out());
        assertThat(said.path("results").asInt()).isEqualTo(3);
        assertThat(said.path("bytes").asInt()).isEqualTo(whole.length());
    }

    @Test
    void aFileOfSomethingElseIsLeftAsItIs() throws IOException {
        var id = server.addBatch("a", "b", "c");
        session.file("results.jsonl", "mine\n");

        assertThat(batches("results", id, "--follow", "--out", "results.jsonl")).isEqualTo(1);

        assertThat(Files.readString(folder.resolve("results.jsonl"))).isEqualTo("mine\n");
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: results.jsonl is there and is not the beginning of the results"
                                + " of msgbatch_001: choose another file, or delete it\n");
    }

    @Test
    void whereNothingCanBeFollowedThatIsSaid() {
        try (var plain = new FakeBatchesServer()) {
            var id = plain.addBatch("a", "b");

            int exit =
                    session.run(
                            "batches",
                            "results",
                            id,
                            "--follow",
                            "--endpoint",
                            plain.baseUri().toString());

            assertThat(exit).isEqualTo(1);
            assertThat(session.err())
                    .contains("gives no results before a batch has ended")
                    .contains("nightmail batches watch " + id);
        }
    }

    private int batches(String... arguments) {
        var all = new ArrayList<>(List.of("batches"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--endpoint", server.baseUri().toString()));
        return session.run(all.toArray(String[]::new));
    }

    private List<Integer> succeeded() {
        return session.outLines().stream()
                .map(JsonMapper.shared()::readTree)
                .map(batch -> batch.at("/request_counts/succeeded").asInt())
                .toList();
    }

    private List<String> customIds() throws IOException {
        return Files.readAllLines(folder.resolve("results.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line).path("custom_id").asString())
                .toList();
    }
}
