package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.engine.Faults.Crash;
import dev.nightmail.engine.Faults.Step;
import dev.nightmail.engine.desk.BatchDesk.Cancellation;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A create is accepted or it is not; it is never both, and never twice. */
class AdmissionTest {

    private Path data;
    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path folder) {
        data = folder;
        world = new EngineWorld(data);
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aBatchThatCannotBeCommittedLeavesNothing() throws IOException {
        world.faults.fail(Step.COMMIT, 1);

        assertThatThrownBy(() -> world.submit("a", 3)).isInstanceOf(JournalException.class);

        assertThat(everyBatch()).isEmpty();
        assertThat(folders()).isEmpty();
    }

    @Test
    void aBatchWhoseRowCannotBeWrittenIsWithdrawn() throws IOException {
        world.faults.fail(Step.INSERT, 1);

        assertThatThrownBy(() -> world.submit("a", 3)).isInstanceOf(CatalogException.class);

        assertThat(folders()).isEmpty();
        world.kill();
        world.startAgain();
        assertThat(everyBatch()).as("who was told of a failure may send it again").isEmpty();
    }

    @Test
    void aRowThatWasWrittenAfterAllMakesABatchLikeAnyOther() throws IOException {
        world.faults.failAfterwards(Step.INSERT);
        world.upstream.answerEverything();

        var batch = world.submit("a", 3);

        world.untilEnded(batch);
        assertThat(folders()).hasSize(1);
    }

    @Test
    void aBatchInDoubtRunsAfterTheNextStart() {
        world.faults.fail(Step.INSERT, 1);
        world.faults.fail(Step.JOURNAL_DELETE, 1);
        assertThatThrownBy(() -> world.submit("a", 3)).isInstanceOf(CatalogException.class);
        assertThat(world.upstream.asked()).isEmpty();

        world.kill();
        world.startAgain();
        world.upstream.answerEverything();

        var found = everyBatch();
        assertThat(found).hasSize(1);
        world.untilEnded(found.getFirst());
        assertThat(world.upstream.asked()).containsExactlyInAnyOrderElementsOf(ids("a", 3));
    }

    @Test
    void whoSendsABatchInDoubtAgainWithItsKeyHasItOnce() throws IOException {
        world.faults.fail(Step.INSERT, 1);
        world.faults.fail(Step.JOURNAL_DELETE, 1);
        assertThatThrownBy(() -> world.submit("a", 3, "once")).isInstanceOf(CatalogException.class);
        world.upstream.answerEverything();

        var again = ((Submission.Accepted) world.submit("a", 3, "once")).batch().id();
        world.untilEnded(again);
        world.stop();
        world.startAgain();

        assertThat(everyBatch()).containsExactly(again);
        assertThat(folders()).containsExactly(again.value());
        assertThat(world.upstream.asked()).isEmpty();
    }

    @Test
    void whoSendsItAgainOnlyAfterTheNextStartHasItOnceToo() {
        world.faults.crashAt(2); // after the commit, before the row
        assertThatThrownBy(() -> world.submit("a", 3, "once")).isInstanceOf(Crash.class);
        world.kill();
        world.startAgain();

        var again = world.submit("a", 3, "once");

        assertThat(again).isInstanceOf(Submission.Replayed.class);
        assertThat(everyBatch()).hasSize(1);
    }

    @Test
    void theSameKeyWithAnotherBodyIsToldSo() {
        world.submit("a", 3, "once");

        assertThat(world.submit("a", 3, "once")).isInstanceOf(Submission.Replayed.class);
        assertThat(world.submit("b", 3, "once")).isInstanceOf(Submission.KeyReused.class);
        assertThat(everyBatch()).hasSize(1);
    }

    @Test
    void ofTwoCreatesWithOneKeyAtTheSameTimeOneBatchIsLeft() throws IOException {
        world.faults.hold(Step.INSERT);
        var first = EngineWorld.meanwhile(() -> world.submit("a", 3, "once"));
        var second = EngineWorld.meanwhile(() -> world.submit("a", 3, "once"));
        EngineWorld.until(() -> folders().size() == 2);

        world.faults.release(Step.INSERT);

        assertThat(List.of(first.join(), second.join()))
                .hasOnlyElementsOfTypes(Submission.Accepted.class, Submission.Replayed.class);
        assertThat(everyBatch()).hasSize(1);
        assertThat(folders()).hasSize(1);
    }

    @Test
    void aBatchWhoseFilesCannotBeOpenedIsAcceptedAndRunsLater() {
        world.upstream.answerEverything();
        world.faults.fail(Step.OPEN, 3);

        var batch = world.submit("a", 3);

        assertThat(world.find(batch).state()).isEqualTo(new InProgress());
        world.passUntil(() -> world.find(batch).isOver());
        assertThat(world.counts(batch).succeeded()).isEqualTo(3);
    }

    @Test
    void aBatchThatIsNotOpenYetCanBeCanceled() {
        world.faults.fail(Step.OPEN, 1);
        var batch = world.submit("a", 3);

        var canceled = EngineWorld.meanwhile(() -> world.cancel(batch));
        world.passUntil(canceled::isDone);

        assertThat(canceled.join()).isInstanceOf(Cancellation.Canceling.class);
    }

    @Test
    void whoComesWhileTheServerStopsIsSentAway() {
        world.stop();

        assertThatThrownBy(() -> world.submit("a", 3)).isInstanceOf(StoppingException.class);
        world.startAgain();
    }

    @Test
    void batchesAreInOrderOfAcceptanceWhateverTheClockSays() {
        var first = world.submit("a", 1);
        world.setClock(Duration.ofHours(-1));
        var second = world.submit("b", 1);

        assertThat(everyBatch()).containsExactly(second, first);
    }

    private List<BatchId> everyBatch() {
        var newest = new BatchPage.Query(100, new BatchPage.Place.Newest());
        return world.desk().page(EngineWorld.WORKSPACE, newest).batches().stream()
                .map(batch -> batch.id())
                .toList();
    }

    private List<String> folders() throws IOException {
        try (var names = Files.list(data.resolve("batches"))) {
            return names.map(folder -> folder.getFileName().toString()).toList();
        }
    }
}
