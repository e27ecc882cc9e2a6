package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static dev.nightmail.engine.ScriptedUpstream.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.engine.Faults.Step;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What the engine does when storage refuses: it acknowledges nothing that is not durable, pays for
 * nothing more whose result it could not keep, keeps what it has, and goes on when storage does.
 */
class StorageFailureTest {

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
    void anAppendThatFailsAcknowledgesNothingAndRepeatsNoCall() {
        world.faults.fail(Step.APPEND, 1);
        world.upstream.answerEverything();
        var batch = world.submit("a", 20);

        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 20, 0, 0, 0));
        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", 20));
        assertThat(world.upstream.asked()).containsExactlyInAnyOrderElementsOf(ids("a", 20));
    }

    @Test
    void anAppendThatSaysItFailedButDidNotSettlesNothingTwice() {
        world.faults.failAfterwards(Step.APPEND);
        world.upstream.answerEverything();
        var batch = world.submit("a", 20);

        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", 20));
        assertThat(world.charged(batch)).isEqualTo(20);
    }

    @Test
    void whileAppendsFailNothingIsCountedAndNoMoreIsPaidForThanMayBeAtStake() {
        world.faults.fail(Step.APPEND);
        world.faults.fail(Step.OPEN);
        var batch = world.submit("a", 100);
        world.faults.mend(Step.OPEN);
        world.passUntil(() -> world.upstream.asked().size() == 4);
        for (int i = 0; i < 4; i++) {
            world.upstream.next().answer(answer());
        }
        world.upstream.answerEverything();

        var other = world.submit("b", 1);
        world.pass(Duration.ofSeconds(30));

        assertThat(world.counts(batch)).isEqualTo(RequestCounts.processing(100));
        assertThat(world.counts(other)).isEqualTo(RequestCounts.processing(1));
        // What lies with a batch whose storage fails holds up no other: the other one's is extra.
        assertThat(world.upstream.asked()).hasSizeLessThanOrEqualTo(EngineWorld.UNSAVED_MAX + 1);
        world.faults.mend(Step.APPEND);
        world.passUntil(() -> world.find(batch).isOver() && world.find(other).isOver());
        assertThat(world.upstream.asked()).doesNotHaveDuplicates().hasSize(101);
    }

    @Test
    void aLogThatCannotBeReopenedForAWhileIsReopenedInTheEnd() {
        world.upstream.answerEverything();
        world.faults.hold(Step.APPEND);
        var batch = world.submit("a", 5);
        world.faults.fail(Step.APPEND, 1);
        world.faults.fail(Step.OPEN, 4);
        world.faults.release(Step.APPEND);

        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", 5));
        assertThat(world.upstream.asked()).hasSize(5);
        assertThat(world.failures).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            mode = Mode.INCLUDE,
            names = {"RECORD", "CHARGE", "UPDATE"})
    void anEndThatCannotBeRecordedIsNotShownAndRecordedLater(Step step) {
        world.faults.fail(step);
        world.upstream.answerEverything();
        var batch = world.submit("a", 3);
        world.until(batch, now -> now.counts().succeeded() == 3);

        assertThat(world.find(batch).state()).isEqualTo(new InProgress());
        world.faults.mend(step);
        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.charged(batch)).isEqualTo(3);
    }

    @Test
    void aBatchWhoseEndIsRecordedOnceMoreIsNotArchivedMeanwhile() {
        world.faults.failAfterwards(Step.UPDATE);
        world.upstream.answerEverything();
        var batch = world.submit("a", 3);
        world.until(batch, now -> now.counts().succeeded() == 3);
        EngineWorld.until(() -> world.catalog().batches().find(batch).orElseThrow().isOver());

        world.clocks.pass(EngineWorld.RETENTION);
        world.engine().archiveWhatIsDue();
        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.settled(batch)).hasSize(3);
        assertThat(world.charged(batch)).isEqualTo(3);
    }

    @Test
    void oneRequestThatIsDamagedHoldsUpNoOther() throws IOException {
        world.faults.hold(Step.OPEN);
        var submitted = EngineWorld.meanwhile(() -> world.submit("a", 5));
        EngineWorld.until(() -> world.faults.isReached(Step.OPEN));
        damage(onlyFolder().resolve("requests.jsonl"), "\"a-2\",\"params");
        world.faults.release(Step.OPEN);
        var batch = submitted.join();
        world.upstream.answerEverything();

        world.until(batch, now -> now.counts().succeeded() == 4);
        world.setClock(EngineWorld.WINDOW);

        assertThat(world.untilEnded(batch).counts()).isEqualTo(new RequestCounts(0, 4, 0, 0, 1));
        assertThat(world.settled(batch)).contains("a-0", "a-1", "a-3", "a-4");
        assertThat(world.failures).isEmpty();
    }

    private Path onlyFolder() throws IOException {
        try (var folders = Files.list(world.folder(new BatchId("msgbatch_x")).getParent())) {
            return folders.findFirst().orElseThrow();
        }
    }

    private static void damage(Path file, String at) throws IOException {
        int offset = Files.readString(file).indexOf(at);
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset + 1L);
            bytes.write('X');
        }
    }

    @Test
    void whatNobodyForesawEndsTheEngineInsteadOfHangingIt() {
        world.upstream.answerEverything();
        world.faults.crashAt(6); // after commit, row and opening: when the first result is stored
        var batch = world.submit("a", 3);

        EngineWorld.until(() -> !world.failures.isEmpty());
        world.kill();
        world.startAgain();
        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(3);
    }
}
