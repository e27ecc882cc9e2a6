package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static dev.nightmail.engine.ScriptedUpstream.answer;
import static dev.nightmail.engine.ScriptedUpstream.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.engine.Faults.Step;
import dev.nightmail.engine.desk.BatchDesk.Cancellation;
import dev.nightmail.engine.desk.BatchDesk.Deletion;
import dev.nightmail.engine.desk.BatchDesk.Results;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchLifeTest {

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
    void everyRequestGetsItsResultUnderItsOwnName() {
        world.upstream.script(request -> request.endsWith("-3") ? refusal() : answer());
        var batch = world.submit("a", 10);

        var ended = world.untilEnded(batch);

        assertThat(ended.counts()).isEqualTo(new RequestCounts(0, 9, 1, 0, 0));
        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", 10));
        assertThat(world.results(batch))
                .filteredOn(line -> line.contains("\"errored\""))
                .singleElement()
                .asString()
                .contains("a-3");
        assertThat(world.charged(batch)).isEqualTo(9);
    }

    @Test
    void aResultIsNeitherCountedNorServedBeforeItIsOnStableStorage() {
        world.faults.hold(Step.APPEND);
        var batch = world.submit("a", 2);
        world.upstream.next().answer(answer());
        world.upstream.next().answer(answer());

        EngineWorld.until(() -> world.faults.isReached(Step.APPEND));
        assertThat(world.counts(batch)).isEqualTo(RequestCounts.processing(2));
        assertThat(world.desk().results(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(Results.NotEnded.class);
        world.faults.release(Step.APPEND);
        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(2);
    }

    @Test
    void aBatchIsFoundAndListedAsSoonAsItIsAccepted() {
        var batch = world.submit("a", 1);

        assertThat(world.find(batch).state()).isEqualTo(new InProgress());
        var newest = new BatchPage.Query(20, new BatchPage.Place.Newest());
        assertThat(world.desk().page(EngineWorld.WORKSPACE, newest).batches())
                .extracting(listed -> listed.id())
                .containsExactly(batch);
        assertThat(world.desk().find(new WorkspaceId("others"), batch)).isEmpty();
    }

    @Test
    void cancelLetsCallsInFlightFinishAndCancelsTheRest() {
        var batch = world.submit("a", 10);
        var inFlight = world.upstream.next();
        world.upstream.next();
        world.upstream.next();
        world.upstream.next();

        var canceling = world.cancel(batch);
        inFlight.answer(answer());
        world.upstream.answerEverything();

        assertThat(canceling).isInstanceOf(Cancellation.Canceling.class);
        world.until(batch, now -> now.counts().canceled() == 6);
        assertThat(world.upstream.asked()).hasSize(4);
    }

    @Test
    void cancelIsAnsweredOnlyOnceItIsDurable() {
        world.faults.hold(Step.RECORD);
        var batch = world.submit("a", 10);
        var inFlight = world.upstream.next();
        var canceled = EngineWorld.meanwhile(() -> world.cancel(batch));
        EngineWorld.until(() -> world.faults.isReached(Step.RECORD));

        // A result that is stored meanwhile must not give the cancellation away.
        inFlight.answer(answer());
        world.until(batch, now -> now.counts().succeeded() == 1);

        assertThat(world.find(batch).state()).isEqualTo(new InProgress());
        assertThat(canceled).isNotDone();
        world.faults.release(Step.RECORD);
        assertThat(((Cancellation.Canceling) canceled.join()).batch().state())
                .isInstanceOf(Canceling.class);
    }

    @Test
    void cancelTwiceIsAnsweredTheSame() {
        var batch = world.submit("a", 10);
        var first = (Cancellation.Canceling) world.cancel(batch);
        world.pass(Duration.ofMinutes(1));

        var second = (Cancellation.Canceling) world.cancel(batch);

        assertThat(second.batch().cancelRequestedAt()).isEqualTo(first.batch().cancelRequestedAt());
    }

    @Test
    void cancelComesTooLateForABatchThatHasEnded() {
        world.upstream.answerEverything();
        var batch = world.submit("a", 3);
        world.untilEnded(batch);

        assertThat(world.cancel(batch)).isInstanceOf(Cancellation.AlreadyEnded.class);
        assertThat(world.cancel(new BatchId("msgbatch_none")))
                .isInstanceOf(Cancellation.NotFound.class);
    }

    @Test
    void atExpiryWhatIsNotSettledExpiresAndCallsInFlightAreCalledOff() {
        var batch = world.submit("a", 10);
        world.upstream.next().answer(answer());
        world.until(batch, now -> now.counts().succeeded() == 1);

        world.setClock(EngineWorld.WINDOW);

        assertThat(world.untilEnded(batch).counts()).isEqualTo(new RequestCounts(0, 1, 0, 0, 9));
        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", 10));
        assertThat(world.charged(batch)).isEqualTo(1);
    }

    @Test
    void aClockSetForwardRepeatsNoCall() {
        var batch = world.submit("a", 3);
        var first = world.upstream.next();
        var second = world.upstream.next();
        var third = world.upstream.next();

        world.setClock(Duration.ofHours(5));
        first.answer(answer());
        second.answer(answer());
        third.answer(answer());

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(3);
        assertThat(world.upstream.asked()).containsExactlyInAnyOrderElementsOf(ids("a", 3));
    }

    @Test
    void deletingDeletesBytesAndNothingBeforeTheEnd() {
        var batch = world.submit("a", 3);
        assertThat(world.desk().delete(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(Deletion.StillProcessing.class);
        world.upstream.answerEverything();
        world.untilEnded(batch);

        assertThat(world.desk().delete(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(Deletion.Deleted.class);

        assertThat(world.desk().find(EngineWorld.WORKSPACE, batch)).isEmpty();
        assertThat(world.folder(batch)).doesNotExist();
        assertThat(world.charged(batch)).as("what was used stays used").isEqualTo(3);
        assertThat(world.desk().delete(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(Deletion.NotFound.class);
    }

    @Test
    void aDeletionThatFailedHalfwayCanBeAskedForAgain() {
        world.upstream.answerEverything();
        var batch = world.submit("a", 3);
        world.untilEnded(batch);
        world.faults.fail(Step.CATALOG_DELETE, 1);

        assertThatThrownBy(() -> world.desk().delete(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(CatalogException.class);

        assertThat(world.desk().delete(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(Deletion.Deleted.class);
    }

    @Test
    void aSmallBatchOfAnotherKeyDoesNotWaitBehindALargeOne() {
        world.submit("large", 500, "key_a", null);
        var large = world.upstream.next();
        var small = ((Submission.Accepted) world.submit("small", 3, "key_b", null)).batch().id();

        for (int calls = 0; calls < 8; calls++) {
            large.answer(answer());
            large = world.upstream.next();
        }

        assertThat(world.upstream.asked()).containsAll(ids("small", 3));
        world.upstream.answerEverything();
        world.untilEnded(small);
    }

    @Test
    void manyBatchesRunSideBySide() {
        var batches = IntStream.range(0, 20).mapToObj(i -> world.submit("b" + i, 1 + i)).toList();

        world.upstream.answerEverything();

        for (int i = 0; i < 20; i++) {
            world.untilEnded(batches.get(i));
            assertThat(world.settled(batches.get(i)))
                    .containsExactlyInAnyOrderElementsOf(ids("b" + i, 1 + i));
        }
    }

    @Test
    void interactiveCallsAreMadeAtOnceAndTakeTheirPlaceFromBatches() throws InterruptedException {
        world.submit("a", 100);
        var calls = new ArrayList<ScriptedUpstream.CallInFlight>();
        for (int i = 0; i < 4; i++) {
            calls.add(world.upstream.next());
        }

        var client = world.interactive("now");
        var interactive = world.upstream.next();

        assertThat(interactive.request()).isEqualTo("now");
        calls.removeFirst().answer(answer());
        calls.removeFirst().answer(answer());
        calls.removeFirst().answer(answer());
        assertThat(world.upstream.next().request())
                .as("one of three is refilled: one place is its own, one is kept for the next")
                .startsWith("a");
        interactive.answer(answer());
        client.join();
        calls.removeFirst().answer(answer());
        assertThat(world.upstream.next().request()).startsWith("a");
    }
}
