package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the batches of one key share what the key has. */
class TurnsWithinAKeyTest {

    private final SchedulerWorld world = new SchedulerWorld(1, 4);

    private void answerCalls(int calls) {
        for (int i = 0; i < calls; i++) {
            world.finishOldest(answer());
            world.store();
        }
    }

    private long started(BatchId batch) {
        return world.started.stream().filter(start -> start.batch().equals(batch)).count();
    }

    /** Answers calls until so many of a batch have been sent. @return how many were answered */
    private int answerUntilSent(BatchId batch, int requests) {
        int answered = 0;
        while (started(batch) < requests) {
            answerCalls(1);
            answered++;
        }
        return answered;
    }

    @Test
    void aSmallBatchBehindALargeOneOfItsKeyHasEverySecondTurn() {
        world.submit("a", 20_000);
        answerCalls(1_000);

        var small = world.submit("a", 10);

        assertThat(answerUntilSent(small, 10)).isLessThanOrEqualTo(20);
    }

    @Test
    void aBatchOfManyModelsHasNoMoreTurnsThanOneOfOne() {
        var models = IntStream.range(0, 60).mapToObj(i -> "model-" + i).toList();
        world.submit("a", models, IntStream.range(0, 12_000).map(i -> i % 60).toArray());
        answerCalls(1_000);

        var small = world.submit("a", 10);

        assertThat(answerUntilSent(small, 10)).isLessThanOrEqualTo(20);
    }

    @Test
    void howManyLargeBatchesOfItsKeyAreBeforeItIsAllTheSameToASmallOne() {
        for (int i = 0; i < 20; i++) {
            world.submit("a", 2_000);
        }
        answerCalls(2_000);

        var small = world.submit("a", 10);

        assertThat(answerUntilSent(small, 10)).isLessThanOrEqualTo(20);
    }

    @Test
    void aSmallBatchHandedInTogetherWithALargeOneDoesNotWaitForIt() {
        world.submit("a", 20_000);

        var small = world.submit("a", 10);

        assertThat(answerUntilSent(small, 10)).isLessThanOrEqualTo(60);
    }

    @Test
    void twoBatchesOfAKeyHaveHalfOfItsTurnsEach() {
        var first = world.submit("a", 10_000);
        var second = world.submit("a", 10_000);

        answerCalls(5_000);

        assertThat(started(first)).isBetween(2_300L, 2_700L);
        assertThat(started(first) + started(second)).isEqualTo(world.started.size());
    }

    @Test
    void manyBatchesOfOneSizeEndOneAfterTheOther() {
        var batches = new ArrayList<BatchId>();
        for (int i = 0; i < 10; i++) {
            batches.add(world.submit("a", 400));
        }

        var endedAfter = new ArrayList<Integer>();
        int answered = 0;
        for (var batch : batches) {
            answered += answerUntilSent(batch, 400);
            endedAfter.add(answered);
        }

        // One after the other they would end at 400, 800, …; all together at 4,000.
        assertThat(endedAfter.getFirst()).isLessThanOrEqualTo(800);
        assertThat(endedAfter.get(4)).isLessThanOrEqualTo(3_200);
    }

    @Test
    void smallBatchesThatKeepComingLeaveALargeOneHalfOfTheTurns() {
        var large = world.submit("a", 10_000);
        answerCalls(500);
        long before = started(large);

        for (int i = 0; i < 200; i++) {
            world.submit("a", 10);
            answerCalls(10);
        }

        assertThat(started(large) - before).isGreaterThanOrEqualTo(990);
    }

    @Test
    void aBatchThatIsNearItsDeadlineGoesBeforeTheOthersOfItsKey() {
        var due = world.submit("a", 3_000);
        world.advance(Duration.ofHours(19));
        var later = world.submit("a", 3_000);
        answerCalls(100);
        assertThat(started(later)).isPositive();
        world.advance(Duration.ofMinutes(90));
        long before = started(later);

        answerCalls(500);

        assertThat(started(later)).isEqualTo(before);
        assertThat(started(due)).isGreaterThan(500);
    }

    @Test
    void turnsThatUrgencyTookAreNotMadeUpForLater() {
        var due = world.submit("a", 300);
        world.advance(Duration.ofHours(21));
        answerUntilSent(due, 300);
        var first = world.submit("a", 5_000);
        var second = world.submit("a", 5_000);

        answerCalls(1_000);

        assertThat(started(first)).isBetween(400L, 600L);
        assertThat(started(second)).isBetween(400L, 600L);
    }

    @Test
    void keysShareAsBeforeHoweverManyBatchesEachHas() {
        for (int i = 0; i < 10; i++) {
            world.submit("a", 1_000);
        }
        var other = world.submit("b", 5_000);

        answerCalls(2_000);

        assertThat(started(other)).isBetween(980L, 1_020L);
    }

    @Test
    void modelsOfOneBatchTakeTurnsAsBatchesDo() {
        var mixed = new int[2_000];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = i % 2;
        }
        var batch = world.submit("a", List.of("claude-haiku-4-5", "claude-opus-4-5"), mixed);
        var small = world.submit("a", 10);

        assertThat(answerUntilSent(small, 10)).isLessThanOrEqualTo(100);
        assertThat(started(batch)).isPositive();
    }
}
