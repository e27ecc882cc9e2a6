package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static dev.nightmail.core.schedule.SchedulerWorld.failure;
import static dev.nightmail.core.schedule.SchedulerWorld.throttle;
import static dev.nightmail.core.schedule.SchedulerWorld.unreachable;
import static dev.nightmail.core.usage.Billing.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.upstream.AttemptOutcome.Answered;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Nobody waits for what is none of their affair. */
class StarvationTest {

    /** As the server has it: as many answers may wait for storage as calls may be in flight. */
    private static SchedulerWorld world(Map<String, UpstreamTerms> upstreams, Routes routes) {
        int callsInFlightMax =
                upstreams.values().stream().mapToInt(UpstreamTerms::callsInFlightMax).sum();
        var policy = SchedulePolicy.standard(new WorkerId("test")).withUnsavedMax(callsInFlightMax);
        return new SchedulerWorld(1, policy, upstreams, routes);
    }

    private static SchedulerWorld world(int callsInFlightMax) {
        return world(Map.of("claude", UpstreamTerms.calls(callsInFlightMax)), Routes.all("claude"));
    }

    private static List<BatchId> inFlight(SchedulerWorld world) {
        return world.inFlight.values().stream().map(Effect.StartAttempt::batch).toList();
    }

    @Test
    void aBatchWhoseLogFailsHoldsUpNoOther() {
        var world = world(4);
        var broken = world.submit("a", 4);
        world.finishAll(answer());
        world.on(new Event.AppendFailed(broken));

        var other = world.submit("b", 3);

        assertThat(inFlight(world)).contains(other);
    }

    @Test
    void manyResultsThatCostNothingHoldUpNoOtherBatchWhileTheyAreStored() {
        var world = world(4);
        var canceled = world.submit("a", 100);
        world.on(new Event.CancelAsked(canceled));
        world.finishAll(answer());
        while (!world.appends.isEmpty()) {
            world.append(world.appends.removeFirst());
        }
        world.record(world.records.removeFirst());
        assertThat(world.appends.getFirst().group()).hasSize(96);

        // The log still writes what was canceled.
        var other = world.submit("b", 3);

        assertThat(inFlight(world)).contains(other);
    }

    @Test
    void anUpstreamFasterThanStorageTakesNothingFromAnother() {
        var routes =
                new Routes(List.of(new Routes.Route("f*", "fast"), new Routes.Route("s*", "slow")));
        var world =
                world(
                        new TreeMap<>(
                                Map.of(
                                        "fast",
                                        UpstreamTerms.calls(4),
                                        "slow",
                                        UpstreamTerms.calls(4))),
                        routes);
        world.submit("a", List.of("f"), new int[2_000]);
        var patient = world.submit("b", List.of("s"), new int[2_000]);

        for (int round = 0; round < 200; round++) {
            world.finishAll(answer());
            world.append(world.appends.removeFirst());
        }

        assertThat(world.started.stream().filter(start -> start.batch().equals(patient)).count())
                .isGreaterThan(100);
    }

    @Test
    void aLimitThatIsNotAmongThoseToldIsNotRunAgainstAsFastAsTheNetworkGoes() {
        var world = world(5);
        world.submit("a", 500);
        var told =
                new Headroom(
                        Map.of(
                                Limit.REQUESTS,
                                new Allowance(600, 500, world.now.wall().plusSeconds(10))));
        world.finishOldest(
                new Answered(JsonBytes.of("{}"), new Usage(10, 5, 0, 0, 0), UNKNOWN, told));
        world.store();

        int refusals = 0;
        while (world.inFlight.size() > 1 && refusals < 100) {
            world.finish(List.copyOf(world.inFlight.values()).getLast(), throttle(null));
            refusals++;
        }
        assertThat(refusals).isLessThan(100);
        world.advance(Duration.ofSeconds(1));
        assertThat(world.inFlight).hasSizeGreaterThan(1);
    }

    @Test
    void aRequestLargerThanTheWholeLimitHoldsUpNoOtherForEver() {
        var world = world(1);
        var batch = world.accept("a", 10);
        var outputs = new int[10];
        Arrays.fill(outputs, 400);
        outputs[3] = 40_000;
        world.admit(batch, TestFacts.outputs(outputs));

        for (int seconds = 0; seconds < 3_600; seconds++) {
            for (var start : List.copyOf(world.inFlight.values())) {
                var told =
                        new Headroom(
                                Map.of(
                                        Limit.OUTPUT_TOKENS,
                                        new Allowance(2_000, 2_000, world.now.wall())));
                world.finish(
                        start,
                        start.request() == 3
                                ? new Throttled(Duration.ofSeconds(20), JsonBytes.of("{}"), told)
                                : answer());
            }
            world.store();
            world.advance(Duration.ofSeconds(1));
        }

        assertThat(world.counts(batch.id())).isEqualTo(new RequestCounts(0, 9, 1, 0, 0));
    }

    @Test
    void callsThatHangDoNotKeepOneFromFindingOutThatTheUpstreamIsBack() {
        var world = world(5);
        world.submit("a", 50);
        world.finishOldest(unreachable());
        assertThat(world.inFlight).hasSize(4);

        world.advance(Duration.ofSeconds(1));
        assertThat(world.inFlight).hasSize(5);
        world.finish(world.started.getLast(), unreachable());
        world.advance(Duration.ofSeconds(2));
        world.finish(world.started.getLast(), answer());
        world.store();

        assertThat(world.inFlight).hasSize(5);
    }

    @Test
    void aCallNobodyHearsOfTakesNoPlaceForEver() {
        var world = world(1);
        var batch = world.submit("a", 1);
        var lost = world.oneInFlight();
        world.inFlight.clear();
        world.setClock(SchedulerWorld.WINDOW.plusSeconds(1));
        world.store();
        assertThat(world.isOver(batch)).isTrue();

        var next = world.submit("b", 1);
        world.advance(Duration.ofHours(1));

        assertThat(world.started).hasSize(2).first().isEqualTo(lost);
        assertThat(inFlight(world)).containsExactly(next);
        assertThat(world.scheduler.isQuiet()).isFalse();
    }

    @Test
    void aMinuteInWhichTheUpstreamFailsEverythingDoesNotCostABatchItsResults() {
        var world = world(40);
        var batch = world.submit("a", 1_000);

        for (int tenths = 0; tenths < 600; tenths++) {
            world.finishAll(failure());
            world.advance(Duration.ofMillis(100));
            world.store();
        }

        assertThat(world.log(batch).values().stream().filter(ResultType.ERRORED::equals).count())
                .isLessThan(500);
    }

    @Test
    void nothingIsRememberedOfABatchThatHasEnded() {
        var world = world(1);
        var batch = world.submit("a", 1);
        world.finishAll(answer());
        world.store();
        assertThat(world.isOver(batch)).isTrue();

        // The round that looks for lost calls finds none.
        world.advance(Duration.ofHours(1));

        assertThat(world.scheduler.untilNextTick(world.now)).isEmpty();
    }

    @Test
    void whoComesAfterSomebodyWasUrgentIsLevelWithThoseWhoHaveWaited() {
        var world = world(1);
        world.submit("urgent", 400);
        world.setClock(SchedulerWorld.WINDOW.minusHours(3));
        world.submit("patient", 1_000);
        for (int i = 0; i < 400; i++) {
            world.finishAll(answer());
            world.store();
        }
        assertThat(world.started).hasSize(401);

        var late = world.submit("late", 1);
        for (int i = 0; i < 3; i++) {
            world.finishAll(answer());
            world.store();
        }

        assertThat(world.started.stream().map(Effect.StartAttempt::batch)).contains(late);
    }

    @Test
    void oneRequestThatAsksForTooMuchDoesNotCostItsKeyItsTurns() {
        var world = world(1);
        var greedy = world.accept("a", 1);
        world.on(
                new Event.BatchAdmitted(
                        greedy, TestFacts.outputs(Integer.MAX_VALUE), world.settled(greedy.id())));
        world.submit("b", 1_000);
        world.finishAll(SchedulerWorld.refusal());
        world.store();
        var modest = world.submit("a", 10);

        for (int i = 0; i < 900; i++) {
            world.finishAll(answer());
            world.store();
        }

        assertThat(world.started.stream().map(Effect.StartAttempt::batch)).contains(modest);
    }
}
