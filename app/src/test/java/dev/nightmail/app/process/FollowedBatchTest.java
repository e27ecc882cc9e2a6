package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is followed at the command line while it runs, over a restart of its server. */
class FollowedBatchTest {

    private static final Questions QUESTIONS = new Questions(300);
    private static final int ANSWERED = 100;

    @TempDir private Path folder;

    @Test
    void resultsAreThereAsTheySettleAndADownloadThatWasKilledIsGoneOnWith() throws Exception {
        var out = folder.resolve("results.jsonl");
        try (var upstream = new HeldUpstream()) {
            String batch;
            try (var server =
                            ForkedNightmail.serving(
                                    folder.resolve("data"),
                                    upstream,
                                    "--set",
                                    "limits.stop-timeout=1s");
                    var caller = new BatchesCaller(server)) {
                upstream.allow(ANSWERED);
                batch = caller.create(QUESTIONS);
                try (var following = follow(server, batch, out)) {
                    Awaitility.await()
                            .atMost(Duration.ofMinutes(1))
                            .until(() -> lines(out), lines -> lines == ANSWERED);
                    following.kill();
                }
                server.terminate();
                assertThat(server.awaitExit()).isZero();
            }
            upstream.allowAll();
            try (var server = ForkedNightmail.serving(folder.resolve("data"), upstream);
                    var caller = new BatchesCaller(server);
                    var following = follow(server, batch, out);
                    var watching =
                            ForkedNightmail.run(
                                    "batches",
                                    "watch",
                                    batch,
                                    "--endpoint",
                                    server.baseUri().toString())) {
                assertThat(following.awaitExit()).as("%s", following.errors()).isZero();
                assertThat(watching.awaitExit()).as("%s", watching.errors()).isZero();

                QUESTIONS.assertAllAnswered(Files.readAllLines(out));
                assertThat(Files.readAllLines(out)).isEqualTo(caller.results(batch));
                assertThat(watching.output()).first().asString().contains(batch, "ended");
            }
        }
    }

    private static ForkedNightmail follow(ForkedNightmail server, String batch, Path out) {
        return ForkedNightmail.run(
                "batches",
                "results",
                batch,
                "--follow",
                "--out",
                out.toString(),
                "--endpoint",
                server.baseUri().toString());
    }

    private static int lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }
}
