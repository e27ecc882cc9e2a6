package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static dev.nightmail.core.schedule.SchedulerWorld.barred;
import static dev.nightmail.core.schedule.SchedulerWorld.failure;
import static dev.nightmail.core.schedule.SchedulerWorld.throttle;
import static dev.nightmail.core.schedule.SchedulerWorld.unreachable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.schedule.UpstreamState.Calls;
import dev.nightmail.core.schedule.UpstreamState.Condition;
import dev.nightmail.core.schedule.UpstreamState.Places;
import dev.nightmail.core.schedule.UpstreamState.Relays;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told of an upstream, and what interactive calls add to it. */
class UpstreamStateTest {

    private final SchedulerWorld world = new SchedulerWorld(1, 8);
    private long interactiveCalls;

    private UpstreamState state() {
        return world.scheduler.upstreams(world.now).getFirst();
    }

    private void interactive(ForwardOutcome.News outcome) {
        long call = ++interactiveCalls;
        world.on(new Event.InteractiveStarted("claude", call));
        world.on(new Event.InteractiveFinished("claude", call, outcome));
    }

    @Test
    void oneThatAnswersIsWellAndItsCallsAreCounted() {
        world.submit("a", 100);
        world.on(new Event.InteractiveStarted("claude", 1));
        world.finishAll(answer());

        var state = state();

        assertThat(state.condition()).isEqualTo(Condition.HEALTHY);
        assertThat(state.places()).isEqualTo(new Places(6, 6, 8, 1));
        assertThat(state.calls()).isEqualTo(new Calls(8, 0, 0, 8.0));
        assertThat(state.batchesWaiting()).isEqualTo(1);
        assertThat(state.lastProblem()).isNull();
    }

    @Test
    void answersOfTenSecondsMakeThePace() {
        world.submit("a", 100);
        world.finishAll(answer());
        world.advance(Duration.ofSeconds(4));
        assertThat(state().calls().answeredPerSecond()).isEqualTo(2);

        world.advance(Duration.ofSeconds(60));
        assertThat(state().calls().answeredPerSecond()).isZero();
    }

    @Test
    void oneThatAskedToBeLeftAloneIsPausedForAsLong() {
        world.submit("a", 100);
        world.finishAll(throttle(Duration.ofSeconds(20)));
        world.advance(Duration.ofSeconds(5));

        var state = state();

        assertThat(state.condition()).isEqualTo(Condition.PAUSED);
        assertThat(state.pausedUntil()).isEqualTo(world.now.wall().plusSeconds(15));
        assertThat(state.calls().throttled()).isEqualTo(8);
        assertThat(state.callsPerSecondFound()).isNotNull();
    }

    @Test
    void limitsItTellsOfAreShownWithWhatIsLeft() {
        world.submit("a", 100);
        var told =
                new Headroom(
                        Map.of(
                                Limit.REQUESTS,
                                new Allowance(600, 100, world.now.wall().plusSeconds(50))));
        world.finishOldest(
                new AttemptOutcome.Answered(
                        JsonBytes.of("{}"), new Usage(10, 5, 0, 0, 0), Billing.UNKNOWN, told));

        assertThat(state().quotas())
                .singleElement()
                .satisfies(quota -> {
                    assertThat(quota.limit()).isEqualTo(Limit.REQUESTS);
                    assertThat(quota.most()).isEqualTo(600);
                    assertThat(quota.left()).isBetween(90L, 100L);
                    assertThat(quota.perSecond()).isEqualTo(10);
                });
        assertThat(state().callsPerSecondFound()).isNull();
    }

    @Test
    void oneThatCannotBeReachedSaysWhyAndSince() {
        world.submit("a", 100);
        world.finishAll(unreachable());

        var state = state();

        assertThat(state.condition()).isEqualTo(Condition.UNREACHABLE);
        assertThat(state.places().limit()).isEqualTo(1);
        assertThat(state.pausedUntil()).isAfter(world.now.wall());
        assertThat(state.lastProblem())
                .isEqualTo(new UpstreamState.Problem("connection refused", world.now.wall()));
    }

    @Test
    void oneThatRefusesUsSaysWhatToLookAt() {
        world.submit("a", 100);
        world.finishAll(barred());

        assertThat(state().condition()).isEqualTo(Condition.UNAUTHORIZED);
        assertThat(state().lastProblem()).extracting("reason").asString().startsWith("status 401");
    }

    @Test
    void illnessAndRecoveryAreSaidOnceEach() {
        world.submit("a", 1_000);
        world.finishAll(failure());
        assertThat(state().condition()).isEqualTo(Condition.UNHEALTHY);

        for (int i = 0; i < 5; i++) {
            world.advanceToNextTick();
            world.finishAll(failure());
        }
        while (state().condition() == Condition.UNHEALTHY) {
            world.advanceToNextTick();
            world.finishAll(answer());
            world.store();
        }

        assertThat(world.others)
                .filteredOn(Effect.UpstreamUnhealthy.class::isInstance)
                .containsExactly(new Effect.UpstreamUnhealthy("claude", "status 500"));
        assertThat(world.others)
                .filteredOn(Effect.UpstreamHealthy.class::isInstance)
                .containsExactly(new Effect.UpstreamHealthy("claude"));
    }

    @Test
    void anInteractiveCallThatReachesNobodyHoldsBatchesBack() {
        interactive(new ForwardOutcome.Unreachable("connection refused"));

        world.submit("a", 100);

        assertThat(state().condition()).isEqualTo(Condition.UNREACHABLE);
        assertThat(world.inFlight).isEmpty();
    }

    @Test
    void anInteractiveCallThatGetsThroughEndsTheDoubt() {
        world.submit("a", 100);
        world.finishAll(unreachable());

        interactive(new ForwardOutcome.Answered());

        assertThat(state().condition()).isEqualTo(Condition.HEALTHY);
        assertThat(world.inFlight).isNotEmpty();
        assertThat(world.others).contains(new Effect.UpstreamHealthy("claude"));
    }

    @Test
    void anInteractiveCallThatIsThrottledSlowsBatches() {
        interactive(new ForwardOutcome.Throttled(Duration.ofSeconds(10), Headroom.UNTOLD, false));
        world.submit("a", 100);
        assertThat(world.inFlight).isEmpty();

        world.advance(Duration.ofSeconds(10));
        assertThat(world.inFlight).as("the limit that was found holds on").hasSize(1);
    }

    @Test
    void anInteractiveCallThatFindsNoPlaceShowsHowManyThereAre() {
        var roomy = new SchedulerWorld(1, 16);
        roomy.submit("a", 8);
        roomy.on(new Event.InteractiveStarted("claude", 1));
        roomy.on(
                new Event.InteractiveFinished(
                        "claude", 1, new ForwardOutcome.Throttled(null, Headroom.UNTOLD, true)));

        roomy.submit("b", 100);

        assertThat(roomy.inFlight).hasSize(8);
    }

    @Test
    void aCallThatTellsNothingChangesNothing() {
        interactive(new ForwardOutcome.NoNews());

        assertThat(state().condition()).isEqualTo(Condition.HEALTHY);
        assertThat(state().calls()).isEqualTo(new Calls(0, 0, 0, 0));
    }

    // Batches of its own

    @Test
    void oneThatTakesBatchesSaysHowManyItHasAndHowMuchWaits() {
        var relays = new RelayWorld(new RelayLimits(100, 1_000_000, 2, 150, Duration.ZERO));
        relays.world.submit("a", 130);
        relays.world.submit("b", 90);

        var state = state(relays);

        assertThat(state.relays()).isEqualTo(new Relays(2, 2, 130, 150, 90, false));
        assertThat(state.batchesWaiting()).isEqualTo(1);
        assertThat(state.condition()).isEqualTo(Condition.SLOWED);
    }

    @Test
    void oneThatIsCalledHasNone() {
        assertThat(state().relays()).isNull();
    }

    @Test
    void oneThatTakesNoBatchNowSaysWhyAndUntilWhen() {
        var relays = new RelayWorld();
        relays.world.submit("a", 3);
        var relay = relays.relay();
        relays.world.on(new Event.RelayNotMade(relay.id(), throttle(Duration.ofSeconds(30))));

        var state = state(relays);

        assertThat(state.condition()).isEqualTo(Condition.PAUSED);
        assertThat(state.pausedUntil()).isEqualTo(relays.world.now.wall().plusSeconds(30));
        assertThat(state.lastProblem())
                .isEqualTo(new UpstreamState.Problem("rate limit", relays.world.now.wall()));
        assertThat(state.relays()).isEqualTo(new Relays(0, 4, 0, 1_000, 3, false));

        relays.world.advance(Duration.ofSeconds(30));
        relays.finish(relays.relay(), RelayWorld.succeeded());

        assertThat(state(relays).condition()).isEqualTo(Condition.HEALTHY);
        assertThat(state(relays).lastProblem()).isNotNull();
    }

    private static UpstreamState state(RelayWorld relays) {
        return relays.world.scheduler.upstreams(relays.world.now).getFirst();
    }
}
