package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The disk of a server fills up, and there is room again later. */
class FullDiskTest {

    private static final int REQUESTS = 20;
    private static final int STEPS_OF_A_CREATE = 20;

    @TempDir private Path folder;

    @Test
    void aCreateThatFindsNoRoomIsRefusedWhereverItStandsAndCanBeSentAgain() {
        try (var upstream = new HeldUpstream();
                var server = FaultyServer.start(folder, upstream);
                var caller = new BatchesCaller(server.process())) {
            upstream.allowAll();
            int refused = 0;
            for (int full = 1; full <= STEPS_OF_A_CREATE; full++) {
                var questions = new Questions(full * REQUESTS, REQUESTS);
                server.fullFrom(full);

                var answer = caller.tryCreate(questions, "full-" + full);

                if (answer.statusCode() != 200) {
                    refused++;
                    assertSaysFull(answer);
                    assertThat(caller.listed()).hasSize(full - 1);
                }
                server.heal();
                var id = caller.create(questions, "full-" + full);
                caller.awaitEnded(id);
                questions.assertAllAnswered(caller.results(id));
                assertThat(caller.listed()).hasSize(full).contains(id);
            }
            assertThat(refused).isBetween(5, STEPS_OF_A_CREATE);
        }
    }

    @Test
    void aRunningBatchPausesAndGoesOn() {
        try (var upstream = new HeldUpstream();
                var server = FaultyServer.start(folder, upstream)) {
            assertPausesAndGoesOn(
                    server.process(), upstream, () -> server.fullFrom(1), server::heal);
        }
    }

    /** With the catalog on it, too; needs the right to mount. */
    @Test
    void aServerOnAFileSystemThatIsReallyFullPausesAndGoesOn() throws IOException {
        var small = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString()) == 0,
                "only root may mount a small file system");
        try {
            var filler = small.resolve("filler");
            try (var upstream = new HeldUpstream();
                    var server = ForkedNightmail.serving(small.resolve("data"), upstream)) {
                assertPausesAndGoesOn(server, upstream, () -> fill(filler), () -> remove(filler));
                server.kill();
            }
        } finally {
            assertThat(run("umount", small.toString())).isZero();
        }
    }

    private static void assertPausesAndGoesOn(
            ForkedNightmail server, HeldUpstream upstream, Runnable takeRoom, Runnable giveRoom) {
        try (var caller = new BatchesCaller(server)) {
            var running = new Questions(0, REQUESTS);
            var later = new Questions(REQUESTS, REQUESTS);
            var batch = caller.create(running, "running");
            upstream.awaitCalls(REQUESTS);
            takeRoom.run();

            assertSaysFull(caller.tryCreate(later, "later"));
            upstream.allow(REQUESTS);
            server.awaitError("event=append_failed");

            assertThat(caller.listed()).containsExactly(batch);
            var paused = caller.retrieve(batch);
            assertThat(paused.path("processing_status").asString()).isEqualTo("in_progress");
            assertThat(paused.at("/request_counts/succeeded").asInt()).isLessThan(REQUESTS);
            assertThat(server.isAlive()).isTrue();

            giveRoom.run();
            caller.awaitEnded(batch);
            running.assertAllAnswered(caller.results(batch));
            assertThat(upstream.repeated()).as("answers are kept while there is no room").isEmpty();
            upstream.allow(REQUESTS);
            var second = caller.create(later, "later");
            caller.awaitEnded(second);
            later.assertAllAnswered(caller.results(second));
        }
    }

    private static void assertSaysFull(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(507);
        var error = JsonMapper.shared().readTree(answer.body());
        assertThat(error.at("/error/type").asString()).isEqualTo("api_error");
        assertThat(error.at("/error/details/error_code").asString()).isEqualTo("storage_full");
    }

    private static void fill(Path filler) {
        try (var out = Files.newOutputStream(filler)) {
            var block = new byte[1024];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static void remove(Path filler) {
        try {
            Files.delete(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int run(String... command) throws IOException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
