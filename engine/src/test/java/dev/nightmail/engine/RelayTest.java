package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static dev.nightmail.engine.EngineWorld.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.engine.ScriptedProvider.Fate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that go to a provider of batches, which does not always behave. */
@Timeout(60)
class RelayTest {

    private static final int REQUESTS = 30;

    private final ScriptedProvider provider = new ScriptedProvider();
    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path data) {
        world = new EngineWorld(data, provider);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private BatchId submit() {
        return world.submit("a", REQUESTS);
    }

    private void awaitMade(int batches) {
        until(() -> provider.made().size() == batches);
    }

    private void awaitSubmitted() {
        until(() -> world.relays().size() == 1);
        awaitMade(1);
    }

    private void assertAllSucceededOnce(BatchId batch) {
        provider.endAll();
        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(REQUESTS);
        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", REQUESTS));
        assertThat(provider.submitted()).as("paid once").doesNotHaveDuplicates();
        assertThat(world.charged(batch)).isEqualTo(REQUESTS);
        until(() -> world.relays().isEmpty());
    }

    @Test
    void whatWasCollectedIsSettledAndTheProvidersCopyDeleted() {
        var batch = submit();
        awaitSubmitted();

        assertAllSucceededOnce(batch);
        until(() -> provider.made().getFirst().deleted);
    }

    @Test
    void aCreateWhoseAnswerIsLostIsFoundInTheListAndNotRepeated() {
        provider.next(Fate.ANSWER_LOST);
        var batch = submit();
        awaitMade(1);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aCreateWhoseAnswerIsLostIsRepeatedWhereAKeyMakesThatHarmless() {
        provider.honoursKeys();
        provider.next(Fate.ANSWER_LOST, Fate.ANSWER_LOST);
        var batch = submit();
        awaitMade(1);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aListThatWasLongOnItsWayDoesNotProveThatNothingWasMadeSince() {
        provider.next(Fate.ANSWER_LOST);
        provider.whileListing(() -> world.pass(Duration.ofMinutes(3)));
        var batch = submit();
        awaitMade(1);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aCreateThatNeverArrivedIsSentAgainWhenTheProviderWouldHaveIt() {
        provider.next(Fate.LOST);
        var batch = submit();
        until(() -> world.relays().size() == 1);
        assertThat(provider.made()).isEmpty();

        world.passUntil(() -> provider.made().size() == 1);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aProviderWithoutRoomIsAskedAgain() {
        provider.next(Fate.NO_ROOM, Fate.BARRED, Fate.NO_ROOM);
        var batch = submit();

        world.passUntil(() -> provider.made().size() == 1);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aDownloadThatBreaksOffIsRepeatedAndSettlesEachOnce() {
        provider.cutDownloads(3);
        var batch = submit();
        awaitSubmitted();

        assertAllSucceededOnce(batch);
    }

    @Test
    void aDownloadThatEndsEarlyIsRepeatedHoweverManyLinesItHad() {
        provider.endDownloadsEarly(3);
        var batch = submit();
        awaitSubmitted();

        assertAllSucceededOnce(batch);
    }

    @Test
    void aResultThatTheProviderNeverHasIsErroredAndNotPaidAgain() {
        provider.lacks(customId -> customId.contains("-7-"));
        var batch = submit();
        awaitSubmitted();
        provider.endAll();
        until(() -> provider.downloads() >= 2);
        assertThat(world.counts(batch).processing()).isEqualTo(1);

        world.pass(Duration.ofHours(1));

        var counts = world.untilEnded(batch).counts();
        assertThat(counts.succeeded()).isEqualTo(REQUESTS - 1);
        assertThat(counts.errored()).isEqualTo(1);
        assertThat(provider.made()).hasSize(1);
    }

    @Test
    void theRequestAProviderNamesIsErroredAndTheOthersGoOn() {
        provider.next(Fate.REFUSED_NAMING_THE_FIRST);
        var batch = submit();
        awaitMade(1);
        provider.endAll();

        var counts = world.untilEnded(batch).counts();
        assertThat(counts.succeeded()).isEqualTo(REQUESTS - 1);
        assertThat(counts.errored()).isEqualTo(1);
    }

    @Test
    void aProviderThatNamesOneAtATimeIsNotSentAllTheOthersAsOften() {
        provider.next(Collections.nCopies(11, Fate.REFUSED_NAMING_THE_FIRST).toArray(Fate[]::new));
        var batch = submit();
        awaitMade(2);
        provider.endAll();

        var counts = world.untilEnded(batch).counts();
        assertThat(counts.errored()).isEqualTo(10);
        assertThat(counts.succeeded()).isEqualTo(REQUESTS - 10);
    }

    @Test
    void aRefusalThatNamesARequestThatIsNotThereNamesNone() {
        provider.next(Fate.REFUSED_NAMING_ONE_THAT_IS_NOT_THERE, Fate.WELL, Fate.WELL);
        var batch = submit();
        awaitMade(2);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aRelayThatIsRefusedIsCutUntilTheRestIsTaken() {
        provider.next(Fate.REFUSED, Fate.WELL, Fate.WELL);
        var batch = submit();
        awaitMade(2);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aRequestThatNoBatchMayHoldIsErroredWithoutBeingSent() {
        world.check((params, _) ->
                new String(params.array(), UTF_8).contains("\"a-7\"")
                        ? Optional.of(JsonBytes.of("{\"type\":\"error\"}"))
                        : Optional.empty());
        var batch = submit();
        awaitSubmitted();
        provider.endAll();

        assertThat(world.untilEnded(batch).counts().errored()).isEqualTo(1);
        assertThat(provider.submitted()).hasSize(REQUESTS - 1);
    }

    @Test
    void aRequestThatIsNotSentIsErroredEvenIfStorageFailedJustThen() {
        var mayBeChecked = new CountDownLatch(1);
        world.check((params, _) -> {
            if (!new String(params.array(), UTF_8).contains("\"a-107\"")) {
                return Optional.empty();
            }
            awaitUninterruptibly(mayBeChecked);
            return Optional.of(JsonBytes.of("{\"type\":\"error\"}"));
        });
        provider.cutDownloads(1);
        world.faults.fail(Faults.Step.APPEND);
        var batch = world.submit("a", 130);
        awaitMade(1);
        provider.endAll();
        // The second follows when the failure of the first to be stored is known.
        until(() -> provider.downloads() == 2);
        mayBeChecked.countDown();
        awaitMade(2);
        provider.endAll();

        world.faults.mend(Faults.Step.APPEND);
        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.counts(batch).succeeded()).isEqualTo(129);
        assertThat(world.counts(batch).errored()).isEqualTo(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final RelayedOutcome FAILED =
            new RelayedOutcome.Tried(
                    AttemptOutcome.Failed.unpaid(
                            "api_error", null, JsonBytes.of("{\"type\":\"error\"}")));

    @Test
    void whatFailedAtTheProviderTravelsAgain() {
        var batch = submit();
        awaitSubmitted();
        provider.outcomes(_ -> FAILED);
        provider.endAll();
        world.passUntil(() -> provider.made().size() == 2);
        provider.outcomes(ScriptedProvider::succeeded);
        provider.endAll();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(REQUESTS);
    }

    @Test
    void anAnswerCountsWhateverElseTheResultsSayOfItsRequest() {
        provider.linesBefore(_ -> List.of(FAILED, new RelayedOutcome.Expired()));
        var batch = submit();
        awaitSubmitted();

        assertAllSucceededOnce(batch);
    }

    // What a provider says of batches that it has

    @Test
    void aLostCreateWhoseBatchIsNotCountedYetIsNotSentAgain() {
        provider.next(Fate.ANSWER_LOST);
        var batch = submit();
        awaitMade(1);
        provider.made().getFirst().counted = 0;
        until(() -> provider.listCalls() > 3);

        world.pass(Duration.ofMinutes(10));
        int calls = provider.listCalls();
        until(() -> provider.listCalls() > calls + 3);

        assertAllSucceededOnce(batch);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostCreateIsErroredInTheEndIfTheListProvesNothing(boolean empty) {
        provider.listsWithoutEnd(empty);
        provider.next(Fate.LOST);
        var batch = submit();
        until(() -> provider.listCalls() > 5);
        world.pass(Duration.ofMinutes(59));
        int calls = provider.listCalls();
        until(() -> provider.listCalls() > calls + 5);
        assertThat(world.counts(batch).processing()).isEqualTo(REQUESTS);

        world.pass(Duration.ofMinutes(2));

        assertThat(world.untilEnded(batch).counts().errored()).isEqualTo(REQUESTS);
        assertThat(provider.made()).isEmpty();
        until(() -> world.relays().isEmpty());
    }

    @Test
    void aCreateThatNamesABatchThatDoesNotExistIsFoundInTheList() {
        provider.next(Fate.WRONG_ID);
        var batch = submit();
        awaitMade(1);

        assertAllSucceededOnce(batch);
    }

    @Test
    void aBatchThatIsSaidToBeArchivedIsCollectedIfItsResultsAreThere() {
        var batch = submit();
        awaitSubmitted();
        provider.made().getFirst().archived = true;

        assertAllSucceededOnce(batch);
    }

    @Test
    void aBatchThatIsShownAsAnotherIsCollectedIfItsResultsAreThere() {
        var batch = submit();
        awaitSubmitted();
        provider.made().getFirst().seenAs = "pb_of_somebody_else";

        assertAllSucceededOnce(batch);
    }

    @Test
    void aBatchThatIsDeniedIsCollectedIfItsResultsAreThere() {
        var batch = submit();
        awaitSubmitted();
        provider.made().getFirst().denied = true;

        assertAllSucceededOnce(batch);
    }

    @Test
    void aBatchThatIsDeniedForGoodIsErroredAfterAnHourAndNotSentAgain() {
        var batch = submit();
        awaitSubmitted();
        provider.made().getFirst().deleted = true;
        int calls = provider.listCalls();
        until(() -> provider.listCalls() > calls + 3);

        world.pass(Duration.ofHours(1));

        assertThat(world.untilEnded(batch).counts().errored()).isEqualTo(REQUESTS);
        assertThat(provider.made()).hasSize(1);
    }

    // Canceled by somebody else

    @Test
    void whatAPersonCanceledAtTheProviderWaitsForAPerson() {
        var batch = submit();
        awaitSubmitted();
        provider.cancelAll();
        world.passUntil(this::isHeld);
        until(() -> records().isEmpty());

        world.pass(Duration.ofHours(2));
        assertThat(world.counts(batch).processing()).isEqualTo(REQUESTS);
        assertThat(provider.made()).hasSize(1);

        assertThat(world.engine().upstreamDesk().resume("claude")).isTrue();
        awaitMade(2);
        provider.endAll();
        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(REQUESTS);
        until(() -> world.relays().isEmpty());
    }

    @Test
    void anUpstreamThatIsHeldStaysSoOverARestart() {
        var batch = submit();
        awaitSubmitted();
        provider.cancelAll();
        world.passUntil(this::isHeld);
        until(() -> records().isEmpty());
        world.kill();

        world.startAgain();
        world.pass(Duration.ofHours(2));
        world.passUntil(this::isHeld);

        assertThat(provider.made()).hasSize(1);
        world.engine().upstreamDesk().resume("claude");
        awaitMade(2);
        provider.endAll();
        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(REQUESTS);
    }

    @Test
    void whatWeCanceledOurselvesHoldsNothing() {
        var batch = submit();
        awaitSubmitted();
        world.cancel(batch);
        assertThat(world.untilEnded(batch).counts().canceled()).isEqualTo(REQUESTS);
        until(() -> world.relays().isEmpty());

        world.submit("b", 5);

        awaitMade(2);
        assertThat(isHeld()).isFalse();
    }

    @Test
    void nobodyResumesAnUpstreamThatIsNotThere() {
        assertThat(world.engine().upstreamDesk().resume("another")).isFalse();
    }

    private boolean isHeld() {
        var relays = world.engine().upstreamDesk().upstreams().getFirst().relays();
        return relays != null && relays.held();
    }

    private List<String> records() {
        return world.relays().stream().filter(name -> name.endsWith(".json")).toList();
    }

    @Test
    void aCanceledBatchIsCanceledAtTheProvider() {
        var batch = submit();
        awaitSubmitted();

        world.cancel(batch);

        assertThat(world.untilEnded(batch).counts().canceled()).isEqualTo(REQUESTS);
        assertThat(provider.anyCanceled()).isTrue();
    }

    @Test
    void atItsDeadlineABatchEndsWhateverTheProviderDoes() {
        provider.next(Fate.WELL);
        var batch = submit();
        awaitSubmitted();
        provider.away(true);

        world.pass(EngineWorld.WINDOW);

        assertThat(world.untilEnded(batch).counts().expired()).isEqualTo(REQUESTS);
    }

    // Restarts

    @Test
    void aKilledServerFindsWhatItHadSubmitted() {
        var batch = submit();
        awaitSubmitted();
        world.kill();

        world.startAgain();

        assertAllSucceededOnce(batch);
    }

    @Test
    void aServerKilledWhileItsCreateWasInDoubtFindsWhatWasMade() {
        provider.next(Fate.ANSWER_LOST);
        provider.away(true);
        var batch = submit();
        awaitMade(1);
        world.kill();
        provider.away(false);

        world.startAgain();

        assertAllSucceededOnce(batch);
    }

    @Test
    void aStoppedServerLeavesItsRelaysForTheNext() {
        var batch = submit();
        awaitSubmitted();

        world.stop();
        world.startAgain();

        assertAllSucceededOnce(batch);
    }

    @Test
    void aBatchThatEndsWhileTheServerIsDownIsCollectedAfterwards() {
        var batch = submit();
        awaitSubmitted();
        world.stop();
        provider.endAll();

        world.startAgain();

        assertAllSucceededOnce(batch);
    }
}
