package dev.nightmail.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.engine.Faults.Step;
import dev.nightmail.engine.desk.BatchDesk.Cancellation;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import dev.nightmail.engine.thread.SystemThreads;
import dev.nightmail.journal.FileJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever was told that a batch is accepted, canceled or kept can rely on it. */
class AcknowledgedTest {

    private Path folder;
    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path data) {
        folder = data;
        world = new EngineWorld(data);
    }

    @AfterEach
    void end() {
        world.close();
    }

    private static BatchId id(Submission submission) {
        return switch (submission) {
            case Submission.Accepted(var batch) -> batch.id();
            case Submission.Replayed(var batch) -> batch.id();
            case Submission.KeyReused _ -> throw new AssertionError("the same body");
        };
    }

    @Test
    void aRowWithoutAFolderIsNotTakenForTheBatchOfItsKey() {
        world.upstream.answerEverything();
        var deleted = id(world.submit("a", 3, "once"));
        world.untilEnded(deleted);
        world.faults.fail(Step.CATALOG_DELETE, 1);
        assertThatThrownBy(() -> world.desk().delete(EngineWorld.WORKSPACE, deleted))
                .isInstanceOf(CatalogException.class);

        var batch = id(world.submit("a", 3, "once"));

        assertThat(batch).isNotEqualTo(deleted);
        world.untilEnded(batch);
        assertThat(world.settled(batch)).hasSize(3);
    }

    @Test
    void aBatchThatSomebodyWasToldOfIsNotWithdrawn() {
        world.faults.failAfterwards(Step.INSERT);
        world.faults.hold(Step.JOURNAL_DELETE);
        var first = EngineWorld.meanwhile(() -> world.submit("a", 3, "once"));
        EngineWorld.until(() -> first.isDone() || world.faults.isReached(Step.JOURNAL_DELETE));

        var batch = id(world.submit("a", 3, "once"));
        world.faults.release(Step.JOURNAL_DELETE);
        first.handle((_, _) -> true).join();

        assertThat(world.desk().find(EngineWorld.WORKSPACE, batch)).isPresent();
        world.upstream.answerEverything();
        world.untilEnded(batch);
    }

    @Test
    void aBatchIsCanceledThoughItsFilesAreJustBeingOpened() {
        world.faults.hold(Step.OPEN);
        var submitted = EngineWorld.meanwhile(() -> world.submit("a", 9));
        EngineWorld.until(() -> world.faults.isReached(Step.OPEN));
        var batch =
                world.desk()
                        .page(
                                EngineWorld.WORKSPACE,
                                new BatchPage.Query(1, new BatchPage.Place.Newest()))
                        .batches()
                        .getFirst()
                        .id();

        var client = new AtomicReference<@Nullable Thread>();
        var answer =
                EngineWorld.meanwhile(() -> {
                    client.set(Thread.currentThread());
                    return world.cancel(batch);
                });
        EngineWorld.until(() -> answer.isDone() || waits(client.get()));
        world.faults.release(Step.OPEN);
        submitted.join();

        world.until(batch, now -> !(now.state() instanceof BatchState.InProgress));
        assertThat(answer.join()).isInstanceOf(Cancellation.Canceling.class);
    }

    private static boolean waits(@Nullable Thread thread) {
        return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
    }

    @Test
    void aBatchIsRunThoughMemoryWasShortWhenItWasOpened() {
        world.faults.breakDown(Step.OPEN, new OutOfMemoryError("for a moment"));
        EngineWorld.meanwhile(() -> world.submit("a", 3, "once")).handle((_, _) -> true).join();
        world.upstream.answerEverything();

        var batch = id(world.submit("a", 3, "once"));

        world.passUntil(() -> world.find(batch).isOver());
    }

    @Test
    void aClockThatWasFastOnceMakesNoLaterBatchOutliveItsWindow() {
        world.setClock(Duration.ofDays(30));
        world.submit("early", 1);
        world.setClock(Duration.ofDays(-30));
        var batch = world.submit("a", 1);

        world.setClock(EngineWorld.WINDOW.plusSeconds(1));

        world.untilEnded(batch);
    }

    @Test
    void allThatIsDueIsArchivedInOneRound() throws IOException {
        world.upstream.answerEverything();
        var batches = new ArrayList<BatchId>();
        for (int i = 0; i < 120; i++) {
            batches.add(world.submit("b" + i, 1));
        }
        batches.forEach(world::untilEnded);
        world.clocks.pass(EngineWorld.RETENTION.plusSeconds(1));

        world.engine().archiveWhatIsDue();

        assertThat(batches)
                .noneMatch(batch -> Files.exists(world.folder(batch).resolve("results.jsonl")));
    }

    @Test
    void aRoundOfTheHousekeeperThatBreaksDownIsNotItsLast() throws InterruptedException {
        world.upstream.answerEverything();
        var batch = world.submit("a", 1);
        world.untilEnded(batch);
        var faults = new Faults();
        faults.breakDown(Step.ARCHIVE, new OutOfMemoryError("for a moment"));
        world.clocks.pass(Duration.ofMinutes(1));
        var threads = new SystemThreads();
        var housekeeper =
                new Housekeeper(
                        new FaultyJournal(FileJournal.open(folder), faults),
                        world.catalog().batches(),
                        new LiveBatches(threads),
                        world.clocks,
                        world.clocks::nanoTime,
                        Duration.ofSeconds(1),
                        threads);
        housekeeper.start();
        try {
            world.until(batch, now -> now.state() instanceof BatchState.Archived);
        } finally {
            housekeeper.stop();
        }
    }
}
