package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.WORKSPACE;
import static dev.nightmail.engine.EngineWorld.meanwhile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.engine.desk.BatchDesk.ResultsSoFar;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch can be followed while it runs: how it stands, and what has settled. */
class WatchTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path data) {
        world = new EngineWorld(data);
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void whoWaitsIsToldOfResultsOfACancellationAndOfTheEnd() {
        var id = world.submit("a", 3);
        var seen = world.find(id);

        var settling = awaitChange(seen);
        world.upstream.next().answer(ScriptedUpstream.answer());
        var settled = settling.join().orElseThrow();
        assertThat(settled.counts().succeeded()).isEqualTo(1);

        var canceling = awaitChange(settled);
        world.cancel(id);
        var canceled = canceling.join().orElseThrow();
        assertThat(canceled.state()).isInstanceOf(Canceling.class);

        var ending = awaitChange(world.find(id));
        world.upstream.answerEverything();
        assertThat(ending.join()).isPresent();
        world.untilEnded(id);
    }

    @Test
    void whoSawSomethingOlderDoesNotWait() throws Exception {
        var id = world.submit("a", 1);
        var seen = world.find(id);
        world.upstream.answerEverything();
        var ended = world.untilEnded(id);

        assertThat(world.desk().awaitChange(WORKSPACE, seen, LONG)).contains(ended);
        assertThat(world.desk().awaitChange(WORKSPACE, ended, LONG)).contains(ended);
    }

    @Test
    void whereNothingChangesPatienceEnds() throws Exception {
        var seen = world.find(world.submit("a", 1));

        assertThat(world.desk().awaitChange(WORKSPACE, seen, Duration.ofMillis(1))).contains(seen);
    }

    @Test
    void nobodyWatchesABatchOfAnotherWorkspace() throws Exception {
        var seen = world.find(world.submit("a", 1));
        var elsewhere = new WorkspaceId("elsewhere");

        assertThat(world.desk().awaitChange(elsewhere, seen, LONG)).isEmpty();
        assertThat(world.desk().resultsSoFar(elsewhere, seen.id()))
                .isInstanceOf(ResultsSoFar.NotFound.class);
    }

    @Test
    void aStopLetsGoWhoeverWaits() {
        var seen = world.find(world.submit("a", 1));
        var waiting = awaitChange(seen);

        world.engine().stopCalling();

        assertThatThrownBy(waiting::join).hasCauseInstanceOf(StoppingException.class);
        assertThatThrownBy(() -> world.desk().awaitChange(WORKSPACE, seen, LONG))
                .isInstanceOf(StoppingException.class);
    }

    @Test
    void whatHasSettledCanBeReadWhileTheRestRuns() {
        var id = world.submit("a", 3);
        assertThat(soFar(id)).isEmpty();

        world.upstream.next().answer(ScriptedUpstream.answer());
        world.until(id, batch -> batch.counts().succeeded() == 1);
        var first = soFar(id);
        world.upstream.answerEverything();
        world.untilEnded(id);

        assertThat(first.lines()).hasSize(1);
        assertThat(first).endsWith("\n");
        assertThat(soFar(id)).startsWith(first).hasLineCount(3);
    }

    private CompletableFuture<Optional<Batch>> awaitChange(Batch seen) {
        return meanwhile(() -> {
            try {
                return world.desk().awaitChange(WORKSPACE, seen, LONG);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private String soFar(BatchId id) {
        var found = world.desk().resultsSoFar(WORKSPACE, id);
        if (!(found instanceof ResultsSoFar.Settled(var _, var file))) {
            throw new AssertionError("no results so far: " + found);
        }
        try (var channel = file.open()) {
            var bytes = ByteBuffer.allocate((int) file.length());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            return new String(bytes.array(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
