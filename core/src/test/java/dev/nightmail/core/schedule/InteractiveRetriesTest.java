package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.schedule.Effect.PassRefusalOn;
import dev.nightmail.core.schedule.Effect.RetryInteractive;
import dev.nightmail.core.schedule.Event.InteractiveRefused;
import dev.nightmail.core.schedule.Event.InteractiveRefused.Refusal;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Headroom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Interactive calls that find no room since batches have it. */
class InteractiveRetriesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final SchedulerWorld world = new SchedulerWorld(1, 8);

    /** A call that is refused by one upstream as soon as it has set out. */
    private void refused(long call, @Nullable Duration retryAfter, boolean noPlace) {
        started(call, "claude");
        refusedAgain(call, 1, PATIENCE, new Refusal("claude", retryAfter, noPlace));
    }

    private void started(long call, String upstream) {
        world.on(new Event.InteractiveStarted(upstream, call));
    }

    private void refusedAgain(long call, int tries, Duration patience, Refusal... refusals) {
        for (var refusal : refusals) {
            world.on(
                    new Event.InteractiveFinished(
                            refusal.upstream(),
                            call,
                            new ForwardOutcome.Throttled(
                                    refusal.retryAfter(), Headroom.UNTOLD, refusal.noPlace())));
        }
        world.on(new InteractiveRefused(call, tries, List.of(refusals), patience));
    }

    private void answered(long call) {
        world.on(new Event.InteractiveFinished("claude", call, new ForwardOutcome.Answered()));
    }

    private List<Effect> verdicts() {
        return world.others.stream()
                .filter(effect ->
                        effect instanceof RetryInteractive || effect instanceof PassRefusalOn)
                .toList();
    }

    @Test
    void aCallThatFindsEveryPlaceTakenByABatchGoesAgainWhenOneIsFree() {
        world.submit("a", 100);
        refused(1, null, true);
        assertThat(verdicts()).isEmpty();

        world.finishOldest(answer());

        assertThat(verdicts()).containsExactly(new RetryInteractive(1, "claude"));
    }

    @Test
    void batchesStartNoCallUntilTheInteractiveOneHasSetOut() {
        world.submit("a", 100);
        refused(1, null, true);
        int before = world.started.size();
        world.finishOldest(answer());
        world.finishOldest(answer());
        world.store();
        assertThat(world.started).hasSize(before);

        started(1, "claude");
        for (int i = 0; i < 6; i++) {
            world.finishOldest(answer());
        }
        world.store();

        assertThat(world.started).hasSizeGreaterThan(before);
    }

    @Test
    void callsThatComeTogetherTakeThePlacesThatBecomeFreeInTheirOrder() {
        world.submit("a", 100);
        refused(1, null, true);
        refused(2, null, true);
        refused(3, null, true);

        world.finishOldest(answer());
        world.finishOldest(answer());

        assertThat(verdicts())
                .containsExactly(
                        new RetryInteractive(1, "claude"), new RetryInteractive(2, "claude"));
    }

    @Test
    void aCallThatIsRefusedAgainWaitsForTheNextPlace() {
        world.submit("a", 100);
        refused(1, null, true);
        world.finishOldest(answer());
        started(1, "claude");
        refusedAgain(1, 2, Duration.ofSeconds(1), new Refusal("claude", null, true));

        world.finishOldest(answer());

        assertThat(verdicts())
                .containsExactly(
                        new RetryInteractive(1, "claude"), new RetryInteractive(1, "claude"));
    }

    @Test
    void whereNoBatchHoldsAPlaceTheRefusalIsPassedOnAtOnce() {
        refused(1, null, true);

        assertThat(verdicts()).containsExactly(new PassRefusalOn(1));
    }

    @Test
    void whenItsTimeIsUpTheRefusalIsPassedOnAndBatchesGoOn() {
        world.submit("a", 100);
        refused(1, null, true);
        for (int tries = 2; tries < 20 && !world.others.contains(new PassRefusalOn(1)); tries++) {
            world.advanceToNextTick();
            if (verdicts().size() == tries - 1
                    && verdicts().getLast() instanceof RetryInteractive) {
                started(1, "claude");
                var left = Duration.between(world.now.wall(), SchedulerWorld.START.plus(PATIENCE));
                refusedAgain(1, tries, left, new Refusal("claude", null, true));
            }
        }

        assertThat(verdicts().getLast()).isEqualTo(new PassRefusalOn(1));
        assertThat(world.now.wall()).isBeforeOrEqualTo(SchedulerWorld.START.plus(PATIENCE));
        int before = world.started.size();
        world.advance(Duration.ofSeconds(30));
        for (int i = 0; i < 4; i++) {
            world.finishOldest(answer());
            world.store();
        }
        assertThat(world.started).hasSizeGreaterThan(before);
    }

    @Test
    void whoeverIsToldToComeBackLaterThanThatIsToldSoAtOnce() {
        world.submit("a", 100);

        refused(1, Duration.ofSeconds(7), false);

        assertThat(verdicts()).containsExactly(new PassRefusalOn(1));
    }

    @Test
    void whoeverIsToldToComeBackBeforeThatDoesSoThenAndNotSooner() {
        world.submit("a", 100);
        refused(1, Duration.ofMillis(700), false);
        world.finishOldest(answer());
        world.advance(Duration.ofMillis(699));
        assertThat(verdicts()).isEmpty();

        world.advance(Duration.ofMillis(1));

        assertThat(verdicts()).containsExactly(new RetryInteractive(1, "claude"));
    }

    @Test
    void aRateLimitThatBatchesHaveJustUsedUpIsTheirsThoughNoneOfTheirCallsIsUnderWay() {
        world.submit("a", 8);
        world.finishAll(answer());
        world.store();

        refused(1, null, false);
        assertThat(verdicts()).isEmpty();
        world.advance(Duration.ofMillis(100));
        assertThat(verdicts()).containsExactly(new RetryInteractive(1, "claude"));

        started(1, "claude");
        answered(1);
        world.advance(Duration.ofSeconds(20));
        refused(2, null, false);
        assertThat(verdicts()).contains(new PassRefusalOn(2));
    }

    @Test
    void aClientThatLeavesHoldsUpNoBatch() {
        world.submit("a", 100);
        refused(1, null, true);
        int before = world.started.size();

        world.on(new Event.InteractiveGone(1));
        for (int i = 0; i < 4; i++) {
            world.finishOldest(answer());
            world.store();
        }

        assertThat(verdicts()).isEmpty();
        assertThat(world.started).hasSizeGreaterThan(before);
    }

    @Test
    void ofSeveralUpstreamsTheOneThatHasAPlaceFirstIsAskedAgainAndTheOtherGoesOn() {
        var two =
                new SchedulerWorld(
                        1,
                        new TreeMap<>(
                                Map.of(
                                        "one",
                                        UpstreamTerms.calls(4),
                                        "two",
                                        UpstreamTerms.calls(4))),
                        new Routes(List.of(new Routes.Route("*", List.of("one", "two"), null))));
        two.submit("a", 100);
        for (var name : List.of("one", "two")) {
            two.on(new Event.InteractiveStarted(name, 1));
            two.on(
                    new Event.InteractiveFinished(
                            name, 1, new ForwardOutcome.Throttled(null, Headroom.UNTOLD, true)));
        }
        two.on(
                new InteractiveRefused(
                        1,
                        1,
                        List.of(new Refusal("one", null, true), new Refusal("two", null, true)),
                        PATIENCE));
        int before = two.started.size();

        var atTwo =
                two.inFlight.values().stream()
                        .filter(start -> start.upstream().equals("two"))
                        .toList();
        two.finish(atTwo.getFirst(), answer());
        assertThat(two.others).contains(new RetryInteractive(1, "two"));
        assertThat(two.started).hasSize(before);

        for (var start : List.copyOf(two.inFlight.values())) {
            if (start.upstream().equals("one")) {
                two.finish(start, answer());
            }
        }
        two.store();
        assertThat(two.started.stream().skip(before).map(Effect.StartAttempt::upstream))
                .isNotEmpty()
                .containsOnly("one");
    }
}
