package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static dev.nightmail.core.schedule.SchedulerWorld.failure;
import static dev.nightmail.core.schedule.SchedulerWorld.noPlace;
import static dev.nightmail.core.schedule.SchedulerWorld.refusal;
import static dev.nightmail.core.schedule.SchedulerWorld.throttle;
import static dev.nightmail.core.schedule.SchedulerWorld.unreachable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.upstream.ForwardOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    @Test
    void aBatchRunsToItsEnd() {
        var world = new SchedulerWorld(1, 8);
        var batch = world.submit("a", 3);

        world.finishAll(answer());
        world.store();

        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 3, 0, 0, 0));
    }

    @Test
    void noMoreCallsAreInFlightThanTheUpstreamAllows() {
        var world = new SchedulerWorld(1, 8);

        world.submit("a", 100);

        assertThat(world.inFlight).hasSize(8);
    }

    @Test
    void aResultIsNotCountedBeforeItIsDurable() {
        var world = new SchedulerWorld(1, 8);
        var batch = world.submit("a", 3);

        world.finishAll(answer());

        assertThat(world.counts(batch).succeeded()).isZero();
        world.store();
        assertThat(world.counts(batch).succeeded()).isEqualTo(3);
    }

    @Test
    void resultsThatComeWhileStorageIsBusyFormOneGroup() {
        var world = new SchedulerWorld(1, 8);
        world.submit("a", 5);

        world.finishAll(answer());

        assertThat(world.appends).hasSize(1);
        world.append(world.appends.removeFirst());
        assertThat(world.appends)
                .singleElement()
                .satisfies(next -> assertThat(next.group()).hasSize(4));
    }

    @Test
    void aRefusedRequestIsErroredAtOnce() {
        var world = new SchedulerWorld(1, 8);
        var batch = world.submit("a", 1);

        world.finishAll(refusal());
        world.store();

        assertThat(world.started).hasSize(1);
        assertThat(world.counts(batch).errored()).isEqualTo(1);
    }

    @Test
    void aFailedRequestIsTriedFiveTimesAndThenErrored() {
        var world = new SchedulerWorld(1, 8);
        var batch = world.submit("a", 1);

        for (int attempt = 0; attempt < 5; attempt++) {
            assertThat(world.inFlight).hasSize(1);
            world.finishAll(failure());
            if (attempt < 4) {
                assertThat(world.inFlight).isEmpty();
                world.advanceToNextTick();
            }
        }
        world.store();

        assertThat(world.started).hasSize(5);
        assertThat(world.counts(batch).errored()).isEqualTo(1);
    }

    @Test
    void beingThrottledUsesUpNoAttempts() {
        var world = new SchedulerWorld(1, 8);
        var batch = world.submit("a", 1);

        for (int i = 0; i < 50; i++) {
            world.finishAll(throttle(Duration.ofSeconds(2)));
            assertThat(world.inFlight).isEmpty();
            world.advance(Duration.ofMillis(1_999));
            assertThat(world.inFlight).isEmpty();
            world.advance(Duration.ofMillis(1));
        }
        world.finishAll(answer());
        world.store();

        assertThat(world.counts(batch).succeeded()).isEqualTo(1);
    }

    @Test
    void anUpstreamThatCannotBeReachedIsTriedWithOneCallAtATime() {
        var world = new SchedulerWorld(1, 8);
        var batch = world.submit("a", 100);

        for (int i = 0; i < 40; i++) {
            world.finishAll(unreachable());
            assertThat(world.inFlight).isEmpty();
            world.advanceToNextTick();
            assertThat(world.inFlight).hasSize(1);
        }
        world.finishAll(answer());

        assertThat(world.inFlight).hasSize(8);
        assertThat(world.counts(batch).errored()).isZero();
    }

    @Test
    void whereThereIsNoPlaceFewerCallsAreInFlightAndSlowlyMoreAgain() {
        var world = new SchedulerWorld(1, 16);
        world.submit("a", 10_000);

        for (int i = 0; i < 6; i++) {
            world.finishOldest(noPlace());
        }

        assertThat(world.inFlight).hasSize(10);
        for (int i = 0; i < 20; i++) {
            assertThat(world.inFlight).hasSize(10);
            world.finishOldest(answer());
        }
        world.finishOldest(answer());
        assertThat(world.inFlight).hasSize(11);
    }

    @Test
    void aKeyWithThriceTheWeightHasThriceTheTokens() {
        var policy =
                SchedulePolicy.standard(new WorkerId("test"))
                        .withWeights(new Weights(Map.of(new WorkspaceId("product"), 3)));
        var world =
                new SchedulerWorld(
                        1, policy, Map.of("claude", UpstreamTerms.calls(4)), Routes.all("claude"));
        var light = world.submit("a", 10_000);
        world.workspace = new WorkspaceId("product");
        var heavy = world.submit("b", 10_000);

        for (int i = 0; i < 4_000; i++) {
            world.finishOldest(answer());
        }

        assertThat(world.started.stream().filter(start -> start.batch().equals(heavy)).count())
                .isBetween(2_990L, 3_010L);
        assertThat(world.started.stream().filter(start -> start.batch().equals(light)).count())
                .isBetween(990L, 1_010L);
    }

    @Test
    void theFirstCallsAreFewAndTwiceAsManyEveryMoment() {
        var world = new SchedulerWorld(1, 100);
        world.submit("a", 1_000);

        for (int calls : new int[] {1, 2, 4, 8, 16, 32, 64, 100}) {
            assertThat(world.inFlight).hasSize(calls);
            world.advanceToNextTick();
        }
    }

    @Test
    void theFirstAnswerEndsTheCautiousPartOfTheStart() {
        var world = new SchedulerWorld(1, 100);
        world.submit("a", 1_000);

        world.finish(world.inFlight.values().iterator().next(), answer());

        assertThat(world.inFlight).hasSize(16);
        for (int calls : new int[] {32, 64, 100}) {
            world.advanceToNextTick();
            assertThat(world.inFlight).hasSize(calls);
        }
    }

    @Test
    void moreCallsAreTriedSoonerWhereSomeOfThemHaveComeBack() {
        var world = new SchedulerWorld(1, 100);
        world.submit("a", 1_000);
        world.finish(world.inFlight.values().iterator().next(), answer());

        world.advance(Duration.ofMillis(40));
        assertThat(world.inFlight).hasSize(16);
        for (int i = 0; i < 4; i++) {
            world.finish(world.inFlight.values().iterator().next(), answer());
        }
        assertThat(world.inFlight).hasSize(32);
        world.advance(Duration.ofMillis(40));
        assertThat(world.inFlight).hasSize(32);
        world.advance(Duration.ofMillis(110));
        assertThat(world.inFlight).hasSize(64);
    }

    @Test
    void aSmallBatchOfAnotherKeyDoesNotWaitBehindALargeOne() {
        var world = new SchedulerWorld(1, 4);
        world.submit("a", 100_000);
        for (int i = 0; i < 1_000; i++) {
            world.finish(world.inFlight.values().iterator().next(), answer());
        }

        var small = world.submit("b", 10);
        for (int i = 0; i < 24; i++) {
            world.finish(world.inFlight.values().iterator().next(), answer());
        }
        world.store();

        assertThat(world.isOver(small)).isTrue();
    }

    @Test
    void whoComesLateHasNoClaimOnWhatWasGivenBefore() {
        var world = new SchedulerWorld(1, 1);
        world.submit("a", 1_000);
        for (int i = 0; i < 500; i++) {
            world.finishAll(answer());
        }
        int before = world.started.size();
        var late = world.submit("b", 1_000);
        for (int i = 0; i < 100; i++) {
            world.finishAll(answer());
        }

        assertThat(world.started.stream().skip(before).filter(start -> start.batch().equals(late)))
                .hasSizeBetween(49, 51);
    }

    @Test
    void cancelKeepsWhatIsInFlightAndCancelsTheRest() {
        var world = new SchedulerWorld(1, 2);
        var batch = world.submit("a", 10);

        world.on(new Event.CancelAsked(batch));
        world.store();
        world.finishAll(answer());
        world.store();

        assertThat(world.started).hasSize(2);
        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 2, 0, 8, 0));
    }

    @Test
    void aCancellationIsShownOnlyOnceItIsDurable() {
        var world = new SchedulerWorld(1, 2);
        var batch = world.submit("a", 10);

        world.on(new Event.CancelAsked(batch));

        assertThat(world.published(batch).state()).isInstanceOf(InProgress.class);
        world.store();
        assertThat(world.published(batch).state()).isInstanceOf(Canceling.class);
    }

    @Test
    void whatFailsOrIsThrottledWhileCancelingIsCanceledAndNotSentAgain() {
        var world = new SchedulerWorld(1, 3);
        var batch = world.submit("a", 3);
        var attempts = List.copyOf(world.inFlight.values());

        world.on(new Event.CancelAsked(batch));
        world.finish(attempts.get(0), throttle(null));
        world.store();
        world.finish(attempts.get(1), failure());
        world.finish(attempts.get(2), unreachable());
        world.store();

        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.started).hasSize(3);
        assertThat(world.counts(batch).canceled()).isEqualTo(3);
    }

    @Test
    void atItsDeadlineEverythingNotSettledExpiresAndCallsAreCalledOff() {
        var world = new SchedulerWorld(1, 2);
        var batch = world.submit("a", 10);
        world.finish(world.inFlight.values().iterator().next(), answer());
        world.advance(SchedulerWorld.WINDOW.minusSeconds(5));
        var late = world.started.getLast();

        world.advance(Duration.ofSeconds(6));
        world.store();

        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 1, 0, 0, 9));
        assertThat(world.others).contains(new Effect.AbortAttempts(List.of(late.attempt())));
        world.finish(late, answer());
        assertThat(world.others).anyMatch(effect -> effect instanceof Effect.AnswerDiscarded);
    }

    @Test
    void anAttemptNobodyHearsOfAgainIsGivenToAnother() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.submit("a", 1);
        var lost = world.inFlight.values().iterator().next();

        world.advance(Duration.ofMinutes(12));

        assertThat(world.started).hasSize(2);
        world.finish(lost, answer());
        assertThat(world.appends).as("the lost worker is fenced off").isEmpty();
        world.finish(world.started.get(1), answer());
        world.store();
        assertThat(world.counts(batch).succeeded()).isEqualTo(1);
    }

    @Test
    void whenStorageFailsNothingIsCountedAndNothingIsLost() {
        var world = new SchedulerWorld(7, 16);
        var batch = world.submit("a", 16);
        world.storageWorks = false;
        world.finishAll(answer());
        for (int i = 0; i < 5; i++) {
            world.store();
            assertThat(world.counts(batch).succeeded()).isZero();
            world.advanceToNextTick();
        }

        world.storageWorks = true;
        world.store();

        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.started).hasSize(16);
        assertThat(world.counts(batch).succeeded()).isEqualTo(16);
    }

    @Test
    void afterAStopNothingIsStartedAndWhatIsInFlightSettles() {
        var world = new SchedulerWorld(1, 2);
        var batch = world.submit("a", 10);

        world.on(new Event.StopAsked());
        assertThat(world.scheduler.isQuiet()).isFalse();
        world.finishAll(answer());
        world.store();

        assertThat(world.scheduler.isQuiet()).isTrue();
        assertThat(world.started).hasSize(2);
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(8, 2, 0, 0, 0));
    }

    @Test
    void interactiveCallsTakeTheirPlaceFromBatchesAndOneMoreIsKeptForTheNext() {
        var world = new SchedulerWorld(1, 8);
        world.on(new Event.InteractiveStarted("claude", 1));
        world.on(new Event.InteractiveStarted("claude", 2));

        world.submit("a", 100);

        assertThat(world.inFlight).hasSize(5);
        world.advance(Duration.ofSeconds(30));
        world.on(new Event.InteractiveFinished("claude", 1, new ForwardOutcome.Answered()));
        world.on(new Event.InteractiveFinished("claude", 2, new ForwardOutcome.Answered()));
        assertThat(world.inFlight).as("others may come").hasSize(5);
        world.advance(Duration.ofMinutes(1));
        assertThat(world.inFlight).as("none came").hasSize(8);
    }

    @Test
    void requestsGoWhereTheirModelIsServedAndWhatNobodyServesIsErrored() {
        var routes =
                new Routes(
                        List.of(
                                new Routes.Route("claude-*", "claude"),
                                new Routes.Route("qwen*", "local")));
        var world =
                new SchedulerWorld(
                        1,
                        Map.of("claude", UpstreamTerms.calls(9), "local", UpstreamTerms.calls(9)),
                        routes);

        var batch =
                world.submit(
                        "a", List.of("claude-opus-5", "qwen3-8b", "gpt"), new int[] {0, 1, 2, 0});
        world.finishAll(answer());
        world.store();

        assertThat(world.started.stream().filter(start -> start.upstream().equals("local")))
                .singleElement()
                .satisfies(start -> assertThat(start.request()).isEqualTo(1));
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 3, 1, 0, 0));
    }

    @Test
    void aClockSetForwardTakesNoCallForLost() {
        var world = new SchedulerWorld(1, 2);
        var batch = world.submit("a", 2);

        world.setClock(Duration.ofHours(3));
        assertThat(world.started).as("nothing is sent twice").hasSize(2);
        world.finishAll(answer());
        world.store();

        assertThat(world.counts(batch).succeeded()).isEqualTo(2);
    }

    @Test
    void aClockSetBackMakesNoWaitLonger() {
        var world = new SchedulerWorld(1, 1);
        world.submit("a", 1);
        world.finishAll(throttle(Duration.ofSeconds(5)));

        world.setClock(Duration.ofHours(-3));
        world.advance(Duration.ofSeconds(5));

        assertThat(world.inFlight).hasSize(1);
    }

    @Test
    void expiryFollowsTheClockOnTheWall() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.submit("a", 3);

        world.setClock(SchedulerWorld.WINDOW.plusSeconds(1));
        world.store();

        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.counts(batch).expired()).isEqualTo(3);
    }

    @Test
    void aResultThatBecomesDurableDoesNotGiveACancellationAwayBeforeItsTime() {
        var world = new SchedulerWorld(1, 2);
        var batch = world.submit("a", 10);
        world.finish(world.oneInFlight(), answer());

        world.on(new Event.CancelAsked(batch));
        world.append(world.appends.removeFirst());

        assertThat(world.counts(batch).succeeded()).isEqualTo(1);
        assertThat(world.published(batch).state()).isInstanceOf(InProgress.class);
    }

    @Test
    void recordingACancellationTakesNoCountBack() {
        var world = new SchedulerWorld(1, 2);
        var batch = world.submit("a", 10);
        world.on(new Event.CancelAsked(batch));
        world.finishAll(answer());
        world.append(world.appends.removeFirst());
        world.append(world.appends.removeFirst());

        world.record(world.records.removeFirst());

        assertThat(world.counts(batch).succeeded()).isEqualTo(2);
        assertThat(world.published(batch).state()).isInstanceOf(Canceling.class);
    }

    @Test
    void aLostAttemptIsCalledOffInCaseItIsStillThere() {
        var world = new SchedulerWorld(1, 1);
        world.submit("a", 1);
        var lost = world.oneInFlight();

        world.advance(Duration.ofMinutes(12));

        assertThat(world.others).contains(new Effect.AbortAttempts(List.of(lost.attempt())));
    }

    @Test
    void whatIsLostWhileCancelingIsCanceledAndTheBatchEnds() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.submit("a", 1);
        world.on(new Event.CancelAsked(batch));
        world.store();

        world.advance(Duration.ofMinutes(12));
        world.store();

        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.counts(batch).canceled()).isEqualTo(1);
    }

    @Test
    void whatIsCalledOffWhileCancelingIsCanceledAndTheBatchEnds() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.submit("a", 1);
        world.on(new Event.CancelAsked(batch));
        world.store();

        world.abort(world.oneInFlight());
        world.store();

        assertThat(world.isOver(batch)).isTrue();
    }

    @Test
    void howeverManyCallsThereWereTheirLeasesAreLookedAfterByOneTimer() {
        var world = new SchedulerWorld(1, 1);
        world.submit("a", 1_000);
        for (int i = 0; i < 999; i++) {
            world.finish(world.oneInFlight(), answer());
        }

        int ticks = 0;
        var until = world.now.plus(Duration.ofHours(1)).steady();
        while (world.now.steady().isBefore(until)) {
            world.advanceToNextTick();
            ticks++;
        }

        assertThat(ticks).isLessThan(20);
    }

    @Test
    void nothingMoreIsPaidForWhileItsResultsCannotBeKept() {
        var world = new SchedulerWorld(1, 4);
        var batch = world.submit("a", 100);
        world.storageWorks = false;
        world.finish(world.oneInFlight(), answer());
        world.append(world.appends.removeFirst());
        int sentBefore = world.started.size();

        world.finishAll(answer());
        var other = world.submit("b", 2);

        assertThat(world.started)
                .filteredOn(start -> start.batch().equals(batch))
                .hasSize(sentBefore);
        assertThat(world.started)
                .as("other batches go on, with one call at first")
                .filteredOn(start -> start.batch().equals(other))
                .hasSize(1);
        world.storageWorks = true;
        world.advanceToNextTick();
        world.store();
        assertThat(world.counts(batch).succeeded()).isEqualTo(sentBefore);
        assertThat(world.started.getLast().batch()).isEqualTo(batch);
    }

    @Test
    void aRequestThatCannotBeReadIsTriedAgainWithinASecondAndUsesUpNoAttempts() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.submit("a", 1);

        for (int i = 0; i < 20; i++) {
            world.unreadable(world.oneInFlight());
            assertThat(world.inFlight).isEmpty();
            world.advance(i == 0 ? Duration.ofSeconds(1) : Duration.ofMinutes(1));
        }
        world.finishAll(answer());
        world.store();

        assertThat(world.counts(batch).succeeded()).isEqualTo(1);
    }

    @Test
    void oneRequestThatCannotBeReadDoesNotHoldUpTheOthers() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.submit("a", 10);
        world.unreadable(world.oneInFlight());

        for (int i = 0; i < 9; i++) {
            world.finish(world.oneInFlight(), answer());
        }
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(1, 9, 0, 0, 0));
    }

    @Test
    void aBatchNoneOfWhoseRequestsCanBeReadRests() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.submit("a", 1_000);
        for (int i = 0; i < 3; i++) {
            world.unreadable(world.oneInFlight());
        }

        assertThat(world.inFlight).isEmpty();
        var other = world.submit("a", 1);
        assertThat(world.oneInFlight().batch()).isEqualTo(other);
        world.finishAll(answer());
        world.advance(Duration.ofSeconds(4));
        assertThat(world.oneInFlight().batch()).isEqualTo(batch);
    }

    @Test
    void aResultWithoutANameHoldsUpNeitherItsGroupNorAStop() {
        var world = new SchedulerWorld(1, 1);
        world.unreadable.add(7);
        var batch = world.submit("a", 10);

        world.on(new Event.CancelAsked(batch));
        world.finishAll(answer());
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(1, 1, 0, 8, 0));
        assertThat(world.scheduler.isQuiet()).isTrue();
        world.unreadable.clear();
        world.advance(Duration.ofSeconds(1));
        world.store();
        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.counts(batch).canceled()).isEqualTo(9);
    }

    @Test
    void aBatchThatCannotBeOpenedIsTriedAgainEverMoreSeldom() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.accept("a", 1);

        for (int i = 0; i < 30; i++) {
            world.on(new Event.OpenFailed(batch));
            assertThat(world.scheduler.untilNextTick(world.now).orElseThrow())
                    .isLessThanOrEqualTo(Duration.ofMinutes(1));
            world.advanceToNextTick();
            assertThat(world.others.removeLast()).isEqualTo(new Effect.OpenBatch(batch));
        }
        world.admit(batch);

        assertThat(world.oneInFlight().batch()).isEqualTo(batch.id());
    }

    @Test
    void aBatchCanceledBeforeItCouldBeOpenedIsCanceledThen() {
        var world = new SchedulerWorld(1, 1);
        var batch = world.accept("a", 3);
        world.on(new Event.OpenFailed(batch));

        world.on(new Event.CancelAsked(batch.id()));
        world.admit(batch);
        world.finishAll(answer());
        world.store();

        assertThat(world.isOver(batch.id())).isTrue();
        assertThat(world.counts(batch.id()).canceled()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void retryAfterZeroIsNotTakenAtItsWord() {
        var world = new SchedulerWorld(1, 1);
        world.submit("a", 1);

        world.finishAll(throttle(Duration.ZERO));

        assertThat(world.inFlight).isEmpty();
        world.advance(Duration.ofSeconds(1));
        assertThat(world.inFlight).hasSize(1);
    }
}
