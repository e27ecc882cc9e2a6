package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.RelayWorld.errored;
import static dev.nightmail.core.schedule.RelayWorld.failed;
import static dev.nightmail.core.schedule.RelayWorld.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.schedule.UpstreamState.Condition;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RelayingTest {

    private final RelayWorld relays = new RelayWorld();
    private final SchedulerWorld world = relays.world;

    private static Map<BatchId, String> numbers(Relay relay) {
        return relay.parts().stream()
                .collect(Collectors.toMap(Relay.Part::batch, part -> part.requests().toString()));
    }

    // Out

    @Test
    void requestsWaitForOthersToTravelWith() {
        var first = world.submit("a", 3);
        var second = world.submit("b", 2);
        world.advance(RelayWorld.LINGER.minusMillis(1));
        assertThat(relays.submitted()).isEmpty();

        world.advance(Duration.ofMillis(1));

        assertThat(numbers(relays.submitted().getFirst()))
                .isEqualTo(Map.of(first, "0-2", second, "0-1"));
        assertThat(world.started).as("calls").isEmpty();
    }

    @Test
    void aFullRelayGoesAtOnce() {
        var batch = world.submit("a", 250);

        assertThat(relays.submitted())
                .extracting(relay -> numbers(relay).get(batch))
                .containsExactly("0-99", "100-199");
        assertThat(numbers(relays.relay())).isEqualTo(Map.of(batch, "200-249"));
    }

    @Test
    void aRelayHoldsNoMoreBytesThanTheProviderTakes() {
        // Each takes its 200 bytes and 64 more.
        var bytes = new RelayWorld(new RelayLimits(100, 16 + 264 * 7, 4, 1_000, RelayWorld.LINGER));

        bytes.world.submit("a", 10);

        assertThat(bytes.submitted()).extracting(Relay::size).containsExactly(7);
        assertThat(bytes.relay().size()).isEqualTo(3);
    }

    @Test
    void aRequestThatIsTooLongByItselfGoesAlone() {
        var bytes = new RelayWorld(new RelayLimits(100, 100, 4, 1_000, RelayWorld.LINGER));

        bytes.world.submit("a", 3);

        assertThat(bytes.submitted()).extracting(Relay::size).containsExactly(1, 1, 1);
    }

    @Test
    void aRelayIsSharedFairlyBetweenKeys() {
        relaysFull();
        var large = world.submit("large", 1_000);
        var small = world.submit("small", 60);
        finishAll();

        var next = relays.submitted().getFirst();

        assertThat(numbers(next)).containsEntry(small, "0-35").containsEntry(large, "0-63");
    }

    /** Takes all the places there are, so that what comes next has to wait. */
    private void relaysFull() {
        world.submit("first", 400);
        held = relays.submitted();
        assertThat(held).hasSize(4);
    }

    private List<Relay> held = List.of();

    private void finishAll() {
        held.forEach(relay -> relays.finish(relay, succeeded()));
    }

    @Test
    void noMoreRelaysAreOutThanTheProviderTakes() {
        relaysFull();
        world.submit("a", 100);
        assertThat(relays.submitted()).isEmpty();

        relays.finish(held.getFirst(), succeeded());

        assertThat(relays.submitted()).hasSize(1);
    }

    @Test
    void noMoreRequestsAreOutThanTheProviderTakes() {
        var queue = new RelayWorld(new RelayLimits(100, 1_000_000, 10, 150, Duration.ZERO));
        queue.world.submit("a", 100);
        queue.world.submit("b", 100);

        assertThat(queue.submitted()).extracting(Relay::size).containsExactly(100, 50);
    }

    @Test
    void nobodyWaitsForMoreRoomThanEachRelayHasOnAverage() {
        var queue = new RelayWorld(new RelayLimits(100, 1_000_000, 4, 140, Duration.ZERO));
        queue.world.submit("a", 100);
        queue.world.submit("b", 100);

        assertThat(queue.submitted()).extracting(Relay::size).containsExactly(100, 40);
    }

    // And back

    @Test
    void aResultIsSettledAndTheBatchEnds() {
        var batch = world.submit("a", 3);

        relays.finish(relays.relay(), succeeded());

        assertThat(world.isOver(batch)).isTrue();
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 3, 0, 0, 0));
    }

    @Test
    void theRecordStaysUntilAllItBroughtIsDurable() {
        world.submit("a", 3);
        var relay = relays.relay();

        relays.answerAll(relay, succeeded());
        relays.collected(relay);
        assertThat(relays.effects(Effect.CloseRelay.class)).isEmpty();

        world.store();
        assertThat(relays.effects(Effect.CloseRelay.class)).hasSize(1);
    }

    @Test
    void theNextGroupIsAskedForWhenTheLastIsDurable() {
        world.submit("a", 3);
        var relay = relays.relay();

        relays.answerAll(relay, succeeded());
        assertThat(relays.effects(Effect.MoreOf.class)).isEmpty();

        world.store();
        assertThat(relays.effects(Effect.MoreOf.class)).hasSize(1);
    }

    @Test
    void aRefusedRequestIsErroredAtOnceAndAFailedOneTriedAgain() {
        var batch = world.submit("a", 2);
        var relay = relays.relay();

        relays.answer(relay, (_, number) -> number == 0 ? errored() : failed());
        relays.collected(relay);
        world.store();
        assertThat(relays.submitted()).as("before the record is gone").isEmpty();
        relays.close();

        assertThat(numbers(relays.relay())).isEqualTo(Map.of(batch, "1"));
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(1, 0, 1, 0, 0));
    }

    @Test
    void aRequestThatKeepsFailingIsErrored() {
        var batch = world.submit("a", 1);

        for (int attempt = 1; attempt <= 5; attempt++) {
            relays.finish(nextRelay(), failed());
        }

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 0, 1, 0, 0));
    }

    @Test
    void whatExpiresAtTheProviderIsSentAgainWhileThereIsTime() {
        var batch = world.submit("a", 1);

        for (int relay = 0; relay < 10; relay++) {
            relays.finish(nextRelay(), new RelayedOutcome.Expired());
        }

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(1, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("outcomesThatBringNothing")
    void aProviderWhoseBatchesBringNothingIsGivenFewerAndFewer(RelayedOutcome outcome) {
        world.submit("a", 3);

        int creates = createsWithin(Duration.ofHours(1), _ -> outcome);

        // 1 s, 2 s, 4 s … up to ten minutes, each drawn from its upper half.
        assertThat(creates).isBetween(10, 22);
    }

    static List<RelayedOutcome> outcomesThatBringNothing() {
        return List.of(
                new RelayedOutcome.Expired(),
                new RelayedOutcome.Tried(SchedulerWorld.barred()),
                new RelayedOutcome.Tried(SchedulerWorld.throttle(Duration.ofSeconds(1))));
    }

    /** Every second what is out comes back at once. */
    private int createsWithin(Duration time, IntFunction<RelayedOutcome> outcomes) {
        int creates = 0;
        for (long second = 0; second < time.toSeconds(); second++) {
            world.advance(Duration.ofSeconds(1));
            for (var relay : relays.submitted()) {
                creates++;
                relays.answer(relay, (_, number) -> outcomes.apply(number));
                relays.collected(relay);
                world.store();
                relays.close();
                world.store();
            }
        }
        return creates;
    }

    @Test
    void aBatchThatBringsOneResultEndsThePauses() {
        world.submit("a", 3);
        createsWithin(Duration.ofMinutes(5), _ -> new RelayedOutcome.Expired());
        assertThat(state().condition()).isEqualTo(Condition.UNHEALTHY);
        assertThat(problem()).contains("batches brought no result", "expired");

        createsWithin(
                Duration.ofMinutes(10),
                number -> number == 0 ? succeeded() : new RelayedOutcome.Expired());

        // The two that are left are fruitless again, with pauses that begin anew.
        assertThat(problem()).doesNotContain("last 12");
        relays.finish(nextRelay(), succeeded());
        assertThat(state().condition()).isEqualTo(Condition.HEALTHY);
    }

    private String problem() {
        var problem = state().lastProblem();
        return problem == null ? "" : problem.reason();
    }

    private boolean isHeld() {
        var out = state().relays();
        return out != null && out.held();
    }

    private UpstreamState state() {
        return world.scheduler.upstreams(world.now).getFirst();
    }

    // Canceled by somebody else

    @Test
    void whatAPersonCanceledIsSentAgainOnlyWhenAPersonSaysSo() {
        var batch = world.submit("a", 3);
        var relay = relays.relay();
        world.on(new Event.RelayCanceledElsewhere(relay.id()));
        relays.finish(relay, new RelayedOutcome.Canceled());
        world.submit("b", 200);
        world.advance(Duration.ofHours(1));
        assertThat(relays.submitted()).isEmpty();
        assertThat(state().condition()).isEqualTo(Condition.PAUSED);
        assertThat(isHeld()).isTrue();
        assertThat(problem()).contains("upstreams resume claude");
        assertThat(world.others).containsOnlyOnce(new Effect.RelaysHeld("claude"));

        world.on(new Event.ResumeAsked("claude"));

        assertThat(relays.submitted().getFirst().parts())
                .extracting(Relay.Part::batch)
                .contains(batch);
        assertThat(isHeld()).isFalse();
        assertThat(world.others).contains(new Effect.RelaysResumed("claude"));
    }

    @Test
    void whatTheLastProcessLeftHeldStaysSo() {
        world.on(new Event.RelaysFoundHeld("claude"));

        world.submit("a", 200);
        world.advance(Duration.ofHours(1));

        assertThat(relays.submitted()).isEmpty();
    }

    @Test
    void aRefusedRelayIsNotCutAndSentInPartsWhileItsProviderIsHeld() {
        var batch = world.submit("a", 10);
        var relay = relays.relay();
        world.on(new Event.RelaysFoundHeld("claude"));

        world.on(
                new Event.RelayRefused(relay.id(), new AttemptOutcome.Refused(JsonBytes.of("{}"))));
        world.advance(Duration.ofHours(1));

        assertThat(relays.submitted()).isEmpty();
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(10, 0, 0, 0, 0));
    }

    @Test
    void oneThatIsNotConfiguredAnyMoreIsResumedInVain() {
        world.on(new Event.ResumeAsked("gone"));

        assertThat(world.others).noneMatch(Effect.RelaysResumed.class::isInstance);
    }

    @Test
    void whatIsCollectedTwiceIsSettledOnce() {
        var batch = world.submit("a", 3);
        var relay = relays.relay();

        relays.answerAll(relay, succeeded());
        world.store();
        relays.answerAll(relay, succeeded());
        relays.collected(relay);
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 3, 0, 0, 0));
        assertThat(relays.effects(Effect.CloseRelay.class))
                .containsExactly(new Effect.CloseRelay(relay.id(), 0));
    }

    @Test
    void whatStorageCannotTakeIsCollectedAgain() {
        var batch = world.submit("a", 2);
        var relay = relays.relay();
        world.storageWorks = false;
        answerOnly(relay, batch, 0);
        world.store();
        answerOnly(relay, batch, 1);
        relays.collected(relay);

        world.storageWorks = true;
        world.advance(Duration.ofSeconds(2));
        world.store();
        assertThat(relays.effects(Effect.CollectRelay.class)).isNotEmpty();
        relays.answerAll(relay, succeeded());
        relays.collected(relay);
        world.store();

        assertThat(world.isOver(batch)).isTrue();
    }

    private void answerOnly(Relay relay, BatchId batch, int number) {
        world.on(
                new Event.RelayAnswered(
                        relay.id(),
                        List.of(new Event.RelayAnswered.Answer(batch, number, succeeded()))));
    }

    @Test
    void oneBatchWhoseStorageFailsDoesNotHoldUpTheOthers() {
        var healthy = world.submit("a", 1);
        var failing = world.submit("b", 1);
        var relay = relays.relay();
        relays.answerAll(relay, succeeded());
        for (var append : List.copyOf(world.appends)) {
            world.storageWorks = append.batch().equals(healthy);
            world.append(append);
        }

        assertThat(relays.effects(Effect.MoreOf.class)).hasSize(1);
        assertThat(world.counts(healthy).succeeded()).isEqualTo(1);
        assertThat(world.counts(failing).succeeded()).isZero();
    }

    // What was not made

    @Test
    void aProviderWithoutRoomIsLeftAloneForAsLongAsItAsks() {
        var batch = world.submit("a", 3);
        var relay = relays.relay();

        world.on(
                new Event.RelayNotMade(
                        relay.id(), SchedulerWorld.throttle(Duration.ofMinutes(10))));
        world.advance(Duration.ofMinutes(9));
        assertThat(relays.submitted()).isEmpty();

        world.advance(Duration.ofMinutes(1));
        assertThat(numbers(relays.submitted().getFirst())).isEqualTo(Map.of(batch, "0-2"));
    }

    @Test
    void aProviderThatBarsUsIsToldOfAndCostsNoAttempt() {
        var batch = world.submit("a", 1);
        for (int attempt = 0; attempt < 20; attempt++) {
            var relay = nextRelay();
            world.on(new Event.RelayNotMade(relay.id(), SchedulerWorld.barred()));
        }

        assertThat(world.others)
                .filteredOn(effect -> effect instanceof Effect.UpstreamUnauthorized)
                .hasSize(20);
        relays.finish(nextRelay(), succeeded());
        assertThat(world.isOver(batch)).isTrue();
    }

    private Relay nextRelay() {
        world.advance(Duration.ofMinutes(10));
        return relays.submitted().getFirst();
    }

    @Test
    void oneRequestAtFaultDoesNotSinkTheOthers() {
        var batch = world.submit("a", 100);
        var refusal = new AttemptOutcome.Refused(JsonBytes.of("{}"));
        world.advance(RelayWorld.LINGER);

        int creates = 0;
        for (var out = relays.submitted(); !out.isEmpty(); out = relays.submitted()) {
            for (var relay : out) {
                creates++;
                if (relay.parts().getFirst().requests().contains(37)) {
                    world.on(new Event.RelayRefused(relay.id(), refusal));
                } else {
                    relays.finish(relay, succeeded());
                }
            }
        }
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 99, 1, 0, 0));
        assertThat(creates).isLessThanOrEqualTo(15);
    }

    @Test
    void whatIsRefusedIsTriedByKeyBeforeAnybodyIsTakenForTheOneAtFault() {
        var large = world.submit("a", 10);
        var small = world.submit("b", 2);
        world.advance(RelayWorld.LINGER);
        var submitted = relays.effects(Effect.SubmitRelay.class);
        assertThat(submitted).extracting(Effect.SubmitRelay::ofOneKey).containsExactly(false);

        world.on(
                new Event.RelayRefused(
                        submitted.getFirst().relay().id(),
                        new AttemptOutcome.Refused(JsonBytes.of("{}"))));

        var parts = relays.effects(Effect.SubmitRelay.class);
        assertThat(parts).extracting(Effect.SubmitRelay::ofOneKey).containsExactly(true, true);
        assertThat(parts)
                .extracting(part -> numbers(part.relay()))
                .containsExactly(Map.of(large, "0-9"), Map.of(small, "0-1"));
        assertThat(world.counts(large)).isEqualTo(new RequestCounts(10, 0, 0, 0, 0));
    }

    @Test
    void aProviderThatRefusesEverythingIsNotAskedForEachRequest() {
        var large = new RelayWorld(RelayWorld.limits(1_000));
        var batch = large.world.submit("a", 1_000);
        var refusal = new AttemptOutcome.Refused(JsonBytes.of("{}"));

        int creates = 0;
        for (var out = large.submitted(); !out.isEmpty(); out = large.submitted()) {
            for (var relay : out) {
                creates++;
                large.world.on(new Event.RelayRefused(relay.id(), refusal));
                large.world.store();
            }
        }

        assertThat(large.world.counts(batch)).isEqualTo(new RequestCounts(0, 0, 1_000, 0, 0));
        assertThat(creates).isLessThan(200);
    }

    @Test
    void aRelayThatIsRefusedDuringAStopWaitsForTheNextStart() {
        var batch = world.submit("a", 100);
        var relay = relays.relay();
        world.on(new Event.StopAsked());

        world.on(
                new Event.RelayRefused(relay.id(), new AttemptOutcome.Refused(JsonBytes.of("{}"))));
        world.store();

        assertThat(relays.submitted()).isEmpty();
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(100, 0, 0, 0, 0));
    }

    // Cancel and expiry

    @Test
    void whatWasCanceledIsNotSentAgainInThePartsOfARefusedRelay() {
        var canceled = world.submit("a", 10);
        var canceling = world.submit("b", 10);
        var wanted = world.submit("c", 10);
        var relay = relays.relay();
        world.on(new Event.CancelAsked(canceled));
        world.store();
        world.on(new Event.CancelAsked(canceling));

        world.on(
                new Event.RelayRefused(relay.id(), new AttemptOutcome.Refused(JsonBytes.of("{}"))));
        world.store();

        assertThat(relays.submitted())
                .extracting(RelayingTest::numbers)
                .containsExactly(Map.of(wanted, "0-9"));
        assertThat(world.counts(canceled)).isEqualTo(new RequestCounts(0, 0, 0, 10, 0));
        assertThat(world.counts(canceling)).isEqualTo(new RequestCounts(0, 0, 0, 10, 0));
    }

    @Test
    void aRelayOfACanceledBatchIsCanceledAndWhatWasAnsweredIsKept() {
        var batch = world.submit("a", 2);
        var relay = relays.relay();

        world.on(new Event.CancelAsked(batch));
        world.store();
        assertThat(relays.isCanceled(relay.id())).isTrue();
        relays.answer(
                relay, (_, number) -> number == 0 ? succeeded() : new RelayedOutcome.Canceled());
        relays.collected(relay);
        world.store();
        relays.close();
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 1, 0, 1, 0));
        assertThat(world.isOver(batch)).isTrue();
    }

    @Test
    void aRelayThatSomebodyStillWantsIsNotCanceled() {
        var canceled = world.submit("a", 1);
        var wanted = world.submit("b", 1);
        var relay = relays.relay();

        world.on(new Event.CancelAsked(canceled));
        world.store();
        assertThat(relays.isCanceled(relay.id())).isFalse();

        relays.finish(relay, succeeded());
        assertThat(world.counts(canceled).succeeded()).as("paid for, and kept").isEqualTo(1);
        assertThat(world.counts(wanted).succeeded()).isEqualTo(1);
    }

    @Test
    void whatHasNotBeenSentIsCanceledAtOnce() {
        var batch = world.submit("a", 2);

        world.on(new Event.CancelAsked(batch));
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 0, 0, 2, 0));
        world.advance(RelayWorld.LINGER);
        assertThat(relays.submitted()).isEmpty();
    }

    @Test
    void atItsDeadlineABatchEndsAndWhatComesLaterIsDiscardedAndTold() {
        var batch = world.submit("a", 2);
        var relay = relays.relay();

        world.advance(SchedulerWorld.WINDOW);
        world.store();
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 0, 0, 0, 2));
        assertThat(relays.isCanceled(relay.id())).isTrue();
        relays.answerAll(relay, succeeded());
        relays.collected(relay);

        assertThat(relays.effects(Effect.CloseRelay.class))
                .containsExactly(new Effect.CloseRelay(relay.id(), 2));
    }

    @Test
    void whatWasCanceledWhileItWaitedIsNotSentWhenStorageWorksAgain() {
        var batch = world.submit("a", 20);
        world.on(new Event.CancelAsked(batch));
        world.record(world.records.removeFirst());
        world.storageWorks = false;
        world.store();
        world.storageWorks = true;
        world.advance(Duration.ofSeconds(2));
        world.store();
        world.advance(RelayWorld.LINGER);

        assertThat(relays.submitted()).isEmpty();
        assertThat(world.isOver(batch)).isTrue();
    }

    @Test
    void whatExpiredWhileItWaitedIsNotSentWhenStorageWorksAgain() {
        var batch = world.submit("a", 2);
        world.storageWorks = false;
        world.advance(SchedulerWorld.WINDOW);
        relays.submitted();
        world.store();
        world.storageWorks = true;
        world.advance(Duration.ofSeconds(2));
        world.store();
        world.advance(RelayWorld.LINGER);

        assertThat(relays.submitted()).isEmpty();
        assertThat(world.isOver(batch)).isTrue();
    }

    // After a restart

    @Test
    void whatIsOutIsNotSentAgainAfterARestart() {
        var batch = world.accept("a", 5);
        var relay = recovered(batch.id(), 1, 2, 3);

        world.on(new Event.RelayRecovered(relay, Set.of(batch.id())));
        assertThat(relays.effects(Effect.ResumeRelay.class)).isEmpty();
        world.admit(batch);

        assertThat(relays.effects(Effect.ResumeRelay.class)).hasSize(1);
        var rest = relays.relay();
        assertThat(numbers(rest)).isEqualTo(Map.of(batch.id(), "0,4"));
        relays.finish(rest, succeeded());
        relays.finish(relay, succeeded());
        assertThat(world.counts(batch.id())).isEqualTo(new RequestCounts(0, 5, 0, 0, 0));
    }

    @Test
    void outcomesForABatchThatIsNotOpenYetAreCollectedAgain() {
        var batch = world.accept("a", 2);
        var relay = recovered(batch.id(), 0, 1);
        world.on(new Event.RelayRecovered(relay, Set.of(batch.id())));
        world.on(new Event.OpenFailed(batch));
        assertThat(relays.effects(Effect.ResumeRelay.class)).hasSize(1);
        relays.answerAll(relay, succeeded());
        relays.collected(relay);
        assertThat(relays.effects(Effect.CloseRelay.class)).isEmpty();

        world.admit(batch);
        world.advance(Duration.ofSeconds(2));
        assertThat(relays.effects(Effect.CollectRelay.class)).hasSize(1);
        relays.finish(relay, succeeded());

        assertThat(world.counts(batch.id())).isEqualTo(new RequestCounts(0, 2, 0, 0, 0));
    }

    @Test
    void aRecoveredRelayThatNobodyWantsAnyMoreIsCanceled() {
        var batch = world.accept("a", 2);
        var relay = recovered(batch.id(), 0, 1);

        world.on(new Event.RelayRecovered(relay, Set.of()));

        assertThat(relays.isCanceled(relay.id())).isTrue();
    }

    @Test
    void whatAnotherUpstreamHasTakenMeanwhileIsNotRelayedAgain() {
        var moved =
                new SchedulerWorld(
                        1,
                        SchedulePolicy.standard(new WorkerId("test")),
                        Map.of("claude", UpstreamTerms.calls(4), "gpu", UpstreamTerms.calls(1)),
                        Map.of("claude", RelayWorld.limits(100)),
                        Routes.all("gpu"));
        var batch = moved.accept("a", 5);
        var relay = recovered(batch.id(), 2, 3);
        moved.on(new Event.RelayRecovered(relay, Set.of(batch.id())));
        moved.admit(batch);

        moved.on(new Event.RelayNotMade(relay.id(), null));
        for (int call = 0; call < 4; call++) {
            moved.finishAll(SchedulerWorld.answer());
        }
        moved.store();
        moved.advance(RelayWorld.LINGER);

        assertThat(moved.relays).noneMatch(effect -> effect instanceof Effect.SubmitRelay);
        moved.finishAll(SchedulerWorld.answer());
        moved.store();
        assertThat(moved.started).hasSize(5);
        assertThat(moved.isOver(batch.id())).isTrue();
    }

    private Relay recovered(BatchId batch, int... numbers) {
        var requests = new BitSet();
        for (int number : numbers) {
            requests.set(number);
        }
        return new Relay(
                new RelayId("relay_recovered"),
                "claude",
                new RelayTerms(ApiVersion.V2026_10_21, List.of(), null),
                List.of(new Relay.Part(batch, RequestNumbers.of(requests))));
    }
}
