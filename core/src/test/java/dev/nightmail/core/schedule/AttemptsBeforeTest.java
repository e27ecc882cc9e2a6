package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Attempts that an earlier process began are attempts. */
class AttemptsBeforeTest {

    private static final int ATTEMPTS_MAX = 5;

    private SchedulerWorld world = new SchedulerWorld(1, 16);

    private void admit(Batch batch, Map<Integer, Integer> attempts) {
        int requests = batch.header().requestCount();
        world.on(
                new Event.BatchAdmitted(
                        batch,
                        TestFacts.models(new int[requests]),
                        world.settled(batch.id()),
                        attempts));
    }

    private List<Integer> inFlight() {
        return world.inFlight.values().stream().map(StartAttempt::request).toList();
    }

    @Test
    void aRequestThatHadAllOfThemIsErroredAndNotSentAgain() {
        var batch = world.accept("a", 3);

        admit(batch, Map.of(1, ATTEMPTS_MAX));
        world.finishAll(answer());
        world.store();

        assertThat(world.started).extracting(StartAttempt::request).containsExactly(0, 2);
        assertThat(world.counts(batch.id())).isEqualTo(new RequestCounts(0, 2, 1, 0, 0));
    }

    @Test
    void eachCallSaysWhichAttemptItIs() {
        var batch = world.accept("a", 2);

        admit(batch, Map.of(1, 1));

        assertThat(world.started).extracting(StartAttempt::count).containsExactly(1, 2);
    }

    @Test
    void whatWasUnderWayAtOneDeathGoesOnAsFastAsAllElse() {
        var batch = world.accept("a", 8);

        admit(batch, Map.of(0, 1, 1, 1, 2, 1));

        assertThat(inFlight()).hasSize(8);
    }

    @Test
    void whatWasUnderWayAtTwoDeathsIsSentOneAtATimeTheLeastSuspectFirst() {
        var batch = world.accept("a", 8);

        admit(batch, Map.of(1, 3, 4, 2, 6, 2));

        assertThat(inFlight()).containsExactlyInAnyOrder(0, 2, 3, 5, 7, 4);
        world.finish(startOf(4), answer());
        assertThat(inFlight()).contains(6).doesNotContain(1);
        world.finish(startOf(6), answer());
        assertThat(inFlight()).contains(1);
        world.finishAll(answer());
        world.advanceToNextTick();
        world.finishAll(answer());
        world.store();
        assertThat(world.counts(batch.id())).isEqualTo(new RequestCounts(0, 8, 0, 0, 0));
    }

    private StartAttempt startOf(int request) {
        return world.inFlight.values().stream()
                .filter(start -> start.request() == request)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aBatchThatIsCanceledCancelsWhatWaitsToBeSentAlone() {
        var batch = world.accept("a", 3);
        admit(batch, Map.of(0, 2, 1, 2, 2, 2));
        assertThat(inFlight()).containsExactly(0);

        world.on(new Event.CancelAsked(batch.id()));
        world.store();
        world.finishAll(answer());
        world.store();

        assertThat(world.counts(batch.id())).isEqualTo(new RequestCounts(0, 1, 0, 2, 0));
        assertThat(world.isOver(batch.id())).isTrue();
    }

    /** A process that dies of one request, again and again; what it marked is what it had begun. */
    @Test
    void theRequestThatAProcessDiesOfEndsAndCostsTheOthersFewAttempts() {
        int deadly = 37;
        var attempts = new TreeMap<Integer, Integer>();
        var answered = new TreeMap<Integer, Integer>();
        int deaths = 0;
        boolean over = false;
        while (!over) {
            world = new SchedulerWorld(deaths, 16);
            var batch = world.accept("a", 100);
            world.logs.put(batch.id(), new TreeMap<>());
            answered.keySet()
                    .forEach(number -> world.log(batch.id()).put(number, ResultType.SUCCEEDED));
            admit(batch, attempts);
            world.store();
            boolean died = false;
            while (!died && !world.isOver(batch.id())) {
                var calls = new HashMap<>(world.inFlight);
                calls.values().forEach(start -> attempts.put(start.request(), start.count()));
                died = calls.values().stream().anyMatch(start -> start.request() == deadly);
                if (!died) {
                    world.finishOldest(answer());
                    world.store();
                    world.log(batch.id()).keySet().forEach(number -> answered.put(number, 1));
                }
            }
            over = world.isOver(batch.id());
            deaths += died ? 1 : 0;
            if (over) {
                assertThat(world.recorded(batch.id()).counts())
                        .isEqualTo(new RequestCounts(0, 99, 1, 0, 0));
            }
        }

        assertThat(deaths).isEqualTo(ATTEMPTS_MAX);
        attempts.remove(deadly);
        assertThat(attempts.values()).allMatch(count -> count <= 3);
    }
}
