package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static dev.nightmail.core.schedule.SchedulerWorld.barred;
import static dev.nightmail.core.schedule.SchedulerWorld.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import dev.nightmail.core.upstream.AttemptOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Requests that are at fault are told from an upstream that is, by what becomes of others. */
class TroubleTest {

    private static final Duration LATENCY = Duration.ofMillis(20);
    private static final int ATTEMPTS_MAX = 5;

    private final SchedulerWorld world = new SchedulerWorld(1, 64);

    private record Asked(BatchId batch, int request) {
        static Asked by(StartAttempt start) {
            return new Asked(start.batch(), start.request());
        }
    }

    /** The upstream answers each call after {@link #LATENCY}. @return how long it took */
    private Duration run(
            Duration most,
            Predicate<SchedulerWorld> until,
            Function<StartAttempt, AttemptOutcome> upstream) {
        return run(world, most, until, upstream);
    }

    private static Duration run(
            SchedulerWorld world,
            Duration most,
            Predicate<SchedulerWorld> until,
            Function<StartAttempt, AttemptOutcome> upstream) {
        var began = world.now.steady();
        while (!until.test(world)
                && Duration.between(began, world.now.steady()).compareTo(most) < 0) {
            world.advance(LATENCY);
            for (var start : List.copyOf(world.inFlight.values())) {
                world.finish(start, upstream.apply(start));
            }
            world.store();
        }
        return Duration.between(began, world.now.steady());
    }

    private static Predicate<SchedulerWorld> over(BatchId batch) {
        return world -> world.isOver(batch);
    }

    private Map<Asked, Integer> calls() {
        var calls = new HashMap<Asked, Integer>();
        world.started.forEach(start -> calls.merge(Asked.by(start), 1, Integer::sum));
        return calls;
    }

    private Duration took(BatchId batch) {
        return world.recorded(batch).state() instanceof BatchState.Ended(var endedAt, var _)
                ? Duration.between(SchedulerWorld.START, endedAt)
                : Duration.ofDays(1);
    }

    private static AttemptOutcome unusable() {
        return AttemptOutcome.Failed.perhapsPaid("bad answer", null, JsonBytes.of("{}"));
    }

    // What may have cost something

    @Test
    void answersThatCannotBeUsedEndARequestAfterItsAttemptsWhateverTheUpstreamsState() {
        var batch = world.submit("a", 3);

        var took = run(Duration.ofHours(1), over(batch), _ -> unusable());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 0, 3, 0, 0));
        assertThat(calls().values()).containsOnly(ATTEMPTS_MAX);
        assertThat(took).isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void manyRequestsWithUnusableAnswersAreEachPaidForAttemptsMaxTimesAtMost() {
        var batch = world.submit("a", 60);

        run(Duration.ofHours(3), over(batch), _ -> unusable());

        assertThat(world.isOver(batch)).isTrue();
        assertThat(calls().values()).containsOnly(ATTEMPTS_MAX);
    }

    @Test
    void anUpstreamThatCutsEveryConnectionForAnHourIsNotFedTheWholeBatch() {
        var batch = world.submit("a", 1_000);

        run(Duration.ofHours(1), over(batch), _ -> unusable());

        assertThat(world.started).hasSizeLessThan(600);
        assertThat(world.log(batch)).isEmpty();
    }

    // Poison and illness

    @Test
    void threeRequestsThatAlwaysFailEndSoonAndAreTriedAttemptsMaxTimes() {
        var batch = world.submit("a", 15);

        var took =
                run(
                        Duration.ofHours(1),
                        over(batch),
                        start -> start.request() % 5 == 0 ? failure() : answer());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 12, 3, 0, 0));
        assertThat(took).isLessThan(Duration.ofMinutes(2));
        assertThat(world.started).hasSize(12 + 3 * ATTEMPTS_MAX);
    }

    @Test
    void theLastThreeRequestsOfABatchSurviveAnUpstreamThatIsAwayForAFewSeconds() {
        var batch = world.submit("a", 15);
        var failing = world.now.steady().plusSeconds(15);

        run(
                Duration.ofHours(1),
                over(batch),
                start ->
                        start.request() % 5 == 0 && world.now.steady().isBefore(failing)
                                ? failure()
                                : answer());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 15, 0, 0, 0));
    }

    @Test
    void tenPoisonedRequestsOfFortyEndInMinutes() {
        var batch = world.submit("a", 40);

        var took =
                run(
                        Duration.ofHours(5),
                        over(batch),
                        start -> start.request() % 4 == 1 ? failure() : answer());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 30, 10, 0, 0));
        assertThat(took).isLessThan(Duration.ofMinutes(5));
        assertThat(calls().values()).allMatch(times -> times <= 3 * ATTEMPTS_MAX);
    }

    @Test
    void poisonEndsAndDoesNotSlowOthersDownWhileTheyFlow() {
        var good = world.submit("a", 20_000);
        var bad = world.submit("b", 12);

        run(
                Duration.ofHours(5),
                w -> w.isOver(bad) && w.isOver(good),
                start -> start.batch().equals(bad) ? failure() : answer());

        assertThat(world.counts(bad)).isEqualTo(new RequestCounts(0, 0, 12, 0, 0));
        assertThat(world.counts(good).succeeded()).isEqualTo(20_000);
        assertThat(took(good)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void whereNothingElseRunsPoisonEndsAfterHalfAnHourAndAnOutageShorterThanThatCostsNothing() {
        var poison = world.submit("a", 12);

        var took = run(Duration.ofHours(5), over(poison), _ -> failure());

        assertThat(world.counts(poison)).isEqualTo(new RequestCounts(0, 0, 12, 0, 0));
        assertThat(took).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(60));

        var outage = world.now.steady().plus(Duration.ofMinutes(14));
        var other = world.submit("a", 12);
        run(
                Duration.ofHours(5),
                over(other),
                _ -> world.now.steady().isBefore(outage) ? failure() : answer());
        assertThat(world.counts(other)).isEqualTo(new RequestCounts(0, 12, 0, 0, 0));
    }

    @Test
    void anOutageOfHoursCostsALargeBatchNoResults() {
        var batch = world.submit("a", 20_000);
        run(Duration.ofMillis(200), over(batch), _ -> answer());
        var outage = world.now.steady().plus(Duration.ofHours(3));

        run(
                Duration.ofHours(5),
                over(batch),
                _ -> world.now.steady().isBefore(outage) ? failure() : answer());

        assertThat(world.counts(batch).succeeded()).isEqualTo(20_000);
    }

    /** Three of a thousand, on average: by what order the failures come, one run may lose more. */
    @Test
    void callsThatFailByChanceCostHardlyARequestItsResult() {
        int errored = 0;
        for (int seed = 1; seed <= 12; seed++) {
            var unlucky = new SchedulerWorld(seed, 64);
            var batch = unlucky.submit("a", 3_000);

            run(
                    unlucky,
                    Duration.ofHours(5),
                    over(batch),
                    _ -> unlucky.random.nextInt(100) < 40 ? failure() : answer());

            assertThat(unlucky.isOver(batch)).isTrue();
            errored += unlucky.counts(batch).errored();
        }
        assertThat(errored).isLessThanOrEqualTo(12 * 9);
    }

    // One request that is not served, and an upstream that serves nobody

    @Test
    void oneUsersTypoStopsNobodyElse() {
        var typo = world.submit("a", 1);
        var good = world.submit("b", 40);

        var took =
                run(
                        Duration.ofHours(1),
                        over(good),
                        start -> start.batch().equals(typo) ? barred() : answer());

        assertThat(world.counts(good).succeeded()).isEqualTo(40);
        assertThat(took).isLessThan(Duration.ofSeconds(5));

        var rest = run(Duration.ofHours(1), over(typo), _ -> barred());
        assertThat(world.counts(typo)).isEqualTo(new RequestCounts(0, 0, 1, 0, 0));
        assertThat(rest).isLessThan(Duration.ofMinutes(2));
        // The first raised the doubt, and was not held against it.
        assertThat(calls().get(new Asked(typo, 0))).isEqualTo(ATTEMPTS_MAX + 1);
    }

    @Test
    void theErrorIsTheUpstreams() {
        var typo = world.submit("a", 1);
        world.submit("b", 5);
        while (world.appends.stream().noneMatch(append -> append.batch().equals(typo))) {
            world.advance(LATENCY);
            for (var start : List.copyOf(world.inFlight.values())) {
                world.finish(start, start.batch().equals(typo) ? barred() : answer());
            }
        }

        assertThat(world.appends.getLast().group())
                .extracting(Effect.Unsaved::result)
                .containsExactly(new Result.Errored(((AttemptOutcome.Barred) barred()).error()));
    }

    @Test
    void aWholeBatchWithAWrongModelStopsNobodyElseAndEnds() {
        var typos = world.submit("a", 2_000);
        var good = world.submit("b", 2_000);

        var took =
                run(
                        Duration.ofHours(2),
                        over(good),
                        start -> start.batch().equals(typos) ? barred() : answer());
        assertThat(took).isLessThan(Duration.ofSeconds(20));

        run(
                Duration.ofHours(2),
                over(typos),
                start -> start.batch().equals(typos) ? barred() : answer());
        assertThat(world.counts(typos)).isEqualTo(new RequestCounts(0, 0, 2_000, 0, 0));
    }

    @Test
    void aWrongModelInTheFirstHalfOfABatchHoldsUpNoOtherModel() {
        var modelOf = new int[200];
        Arrays.fill(modelOf, 100, 200, 1);
        var batch = world.submit("a", List.of("no-such-model", "claude-haiku-4-5"), modelOf);

        var took =
                run(
                        Duration.ofHours(2),
                        over(batch),
                        start -> start.request() < 100 ? barred() : answer());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 100, 100, 0, 0));
        assertThat(took).isLessThan(Duration.ofMinutes(3));
    }

    @Test
    void largeRequestsThatAnAccountCannotPayForEndAndTheSmallOnesOfTheSameBatchAreAnswered() {
        var batch = world.submit("a", 100);

        var took =
                run(
                        Duration.ofHours(2),
                        over(batch),
                        start -> start.request() % 10 == 0 ? barred() : answer());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 90, 10, 0, 0));
        assertThat(took).isLessThan(Duration.ofMinutes(3));
    }

    @Test
    void aKeyThatIsRevokedForADayCostsNoRequestItsResult() {
        var one = world.submit("a", 300);
        var other = world.submit("b", 300);
        run(Duration.ofMillis(60), over(one), _ -> answer());
        var revoked = world.now.steady().plus(Duration.ofHours(10));

        run(
                Duration.ofHours(12),
                w -> w.isOver(one) && w.isOver(other),
                _ -> world.now.steady().isBefore(revoked) ? barred() : answer());

        assertThat(world.counts(one).succeeded()).isEqualTo(300);
        assertThat(world.counts(other).succeeded()).isEqualTo(300);
    }

    @Test
    void anUpstreamInDoubtIsProbedWithAnotherKeysRequestsFirst() {
        var typo = world.submit("a", 8);
        world.finishAll(barred());
        assertThat(world.inFlight).isEmpty();
        var good = world.submit("b", 1);

        while (world.inFlight.isEmpty()) {
            world.advanceToNextTick();
        }

        assertThat(world.oneInFlight().batch()).isEqualTo(good).isNotEqualTo(typo);
    }

    @Test
    void probesTakeTurnsOverTheRequests() {
        world.submit("a", 5);
        world.finishAll(barred());
        var probed = new ArrayList<Integer>();
        while (probed.size() < 5) {
            world.advanceToNextTick();
            if (!world.inFlight.isEmpty()) {
                probed.add(world.oneInFlight().request());
                world.finishAll(barred());
            }
        }

        assertThat(probed).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }
}
