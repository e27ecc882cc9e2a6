package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is deleted or has been kept long enough gives its bytes back: its files are gone, and the
 * server has none of them open, for an open file keeps its bytes however often it is deleted.
 */
class BytesGivenBackTest {

    private static final Questions QUESTIONS = new Questions(500);
    private static final Duration WITHIN = Duration.ofMinutes(1);

    @TempDir private Path data;

    @Test
    void aDeletedBatchGivesItsBytesBack() throws Exception {
        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(data, upstream);
                var caller = new BatchesCaller(server)) {
            upstream.allowAll();
            var batch = caller.create(QUESTIONS);
            caller.awaitEnded(batch);
            QUESTIONS.assertAllAnswered(caller.results(batch));

            assertThat(delete(server, batch)).isEqualTo(200);

            assertThat(data.resolve("batches")).isEmptyDirectory();
            assertThat(data.resolve("incoming")).isEmptyDirectory();
            awaitNothingHeld(server);
        }
    }

    @Test
    void anArchivedBatchGivesItsBytesBack() {
        try (var upstream = new HeldUpstream();
                var server =
                        ForkedNightmail.serving(data, upstream, "--set", "limits.retention=3s");
                var caller = new BatchesCaller(server)) {
            upstream.allowAll();
            var batch = caller.create(QUESTIONS);

            caller.await(batch, found -> !found.path("archived_at").isNull());

            assertThat(data.resolve("batches").resolve(batch).toFile().list())
                    .containsExactly("batch.json");
            awaitNothingHeld(server);
        }
    }

    private static void awaitNothingHeld(ForkedNightmail server) {
        var descriptors = Path.of("/proc", String.valueOf(server.pid()), "fd");
        assumeTrue(Files.isDirectory(descriptors), "open files cannot be looked at here");
        Awaitility.await().atMost(WITHIN).until(() -> deletedAndOpen(descriptors), List::isEmpty);
    }

    private static List<String> deletedAndOpen(Path descriptors) throws IOException {
        var found = new ArrayList<String>();
        try (var open = Files.list(descriptors)) {
            for (var descriptor : open.toList()) {
                try {
                    var target = Files.readSymbolicLink(descriptor).toString();
                    if (target.contains("msgbatch_") && target.endsWith(" (deleted)")) {
                        found.add(target);
                    }
                } catch (NoSuchFileException e) {
                    // It has been closed since it was listed.
                }
            }
        }
        return found;
    }

    private static int delete(ForkedNightmail server, String batch)
            throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            server.baseUri()
                                                    .resolve("/v1/messages/batches/" + batch))
                                    .header("x-api-key", "any")
                                    .header("anthropic-version", "2023-06-01")
                                    .DELETE()
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
