package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static dev.nightmail.engine.ScriptedUpstream.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.engine.Faults.Step;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {

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
    void aStopLetsCallsInFlightFinishAndTheNextStartRepeatsNothing() {
        var batch = world.submit("a", 50);
        var inFlight = new ArrayList<ScriptedUpstream.CallInFlight>();
        for (int i = 0; i < 4; i++) {
            inFlight.add(world.upstream.next());
        }
        var stopped = EngineWorld.meanwhile(world::stop);
        EngineWorld.until(() -> isStopping());
        inFlight.forEach(call -> call.answer(answer()));
        stopped.join();
        var sentBefore = world.upstream.asked();

        world.startAgain();
        world.upstream.answerEverything();

        assertThat(world.counts(batch).succeeded())
                .as("nothing is forgotten")
                .isGreaterThanOrEqualTo(sentBefore.size());
        assertThat(world.untilEnded(batch).counts()).isEqualTo(new RequestCounts(0, 50, 0, 0, 0));
        var sent = new ArrayList<>(sentBefore);
        sent.addAll(world.upstream.asked());
        assertThat(sent).containsExactlyInAnyOrderElementsOf(ids("a", 50));
    }

    private boolean isStopping() {
        try (var draft = world.desk().draft()) {
            return draft.size() > 0;
        } catch (StoppingException e) {
            return true;
        }
    }

    @Test
    void aStopWaitsForResultsToBeStored() {
        world.faults.hold(Step.APPEND);
        var batch = world.submit("a", 4);
        world.upstream.answerEverything();
        EngineWorld.until(() -> world.faults.isReached(Step.APPEND));

        var stopped = EngineWorld.meanwhile(world::stop);
        EngineWorld.until(this::isStopping);
        world.faults.release(Step.APPEND);
        stopped.join();
        world.startAgain();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(4);
        assertThat(world.upstream.asked()).isEmpty();
    }

    @Test
    void whatWasInFlightWhenTheProcessWasKilledIsAllThatIsRepeated() {
        var batch = world.submit("a", 50);
        for (int i = 0; i < 20; i++) {
            world.upstream.next().answer(answer());
        }
        world.until(batch, now -> now.counts().succeeded() == 20);
        EngineWorld.until(() -> world.upstream.asked().size() == 24);

        var sent = new ArrayList<>(world.upstream.asked());
        world.kill();
        world.startAgain();
        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(50);
        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", 50));
        sent.addAll(world.upstream.asked());
        assertThat(sent).as("four calls were in flight").hasSize(54);
    }

    @Test
    void countsThatWereShownAreThereFromTheFirstLookAfterAStart() {
        var batch = world.submit("a", 50);
        for (int i = 0; i < 20; i++) {
            world.upstream.next().answer(answer());
        }
        world.until(batch, now -> now.counts().succeeded() == 20);
        world.kill();

        world.startAgain();

        assertThat(world.counts(batch).succeeded()).isEqualTo(20);
    }

    @Test
    void aCancellationOutlivesTheProcess() {
        var batch = world.submit("a", 10);
        world.cancel(batch);
        world.kill();

        world.startAgain();
        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts()).isEqualTo(new RequestCounts(0, 0, 0, 10, 0));
        assertThat(world.upstream.asked()).isEmpty();
    }

    @Test
    void whatExpiredWhileNobodyRanItExpiresAtTheNextStart() {
        var batch = world.submit("a", 10);
        world.upstream.next().answer(answer());
        world.until(batch, now -> now.counts().succeeded() == 1);
        world.kill();
        world.clocks.pass(EngineWorld.WINDOW);

        world.startAgain();
        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts()).isEqualTo(new RequestCounts(0, 1, 0, 0, 9));
        assertThat(world.upstream.asked()).isEmpty();
    }

    @Test
    void stoppingTwiceIsStoppingOnce() throws InterruptedException {
        var batch = world.submit("a", 1);
        world.upstream.answerEverything();
        world.untilEnded(batch);
        world.engine().stop();

        world.stop();

        world.startAgain();
        assertThat(world.settled(batch)).containsExactly("a-0");
    }
}
