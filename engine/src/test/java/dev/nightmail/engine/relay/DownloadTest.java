package dev.nightmail.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.schedule.Event.RelayAnswered.Answer;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.wire.batch.ResultsDownload.NoResults;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DownloadTest {

    private static final BatchId BATCH = new BatchId("msgbatch_ours");
    private static final RelayId RELAY = new RelayId("relay_ours");
    private static final RelayedOutcome ANSWERED =
            new RelayedOutcome.Tried(
                    new AttemptOutcome.Answered(
                            JsonBytes.of("{}"), Usage.NONE, Billing.UNKNOWN, Headroom.UNTOLD));
    private static final RelayedOutcome OVERLOADED =
            new RelayedOutcome.Tried(
                    AttemptOutcome.Failed.unpaid(
                            "overloaded_error", null, JsonBytes.of("{\"o\":1}")));
    private static final RelayedOutcome REFUSED =
            new RelayedOutcome.Tried(new AttemptOutcome.Refused(JsonBytes.of("{\"r\":1}")));
    private static final RelayedOutcome EXPIRED = new RelayedOutcome.Expired();
    private static final JsonBytes MISSING = JsonBytes.of("{\"missing\":1}");

    private final Download download = new Download(new Members(relay(3)));

    private static Relay relay(int requests) {
        var numbers = new BitSet();
        numbers.set(0, requests);
        return new Relay(
                RELAY,
                "claude",
                new RelayTerms(ApiVersion.V2023_06_01, List.of(), null),
                List.of(new Relay.Part(BATCH, RequestNumbers.of(numbers))));
    }

    private static String id(int number) {
        return new RelayedId(BATCH, number, RELAY).customId().value();
    }

    @Test
    void anAnswerIsHandedOnAsItComesAndOnce() {
        assertThat(download.take(id(0), ANSWERED)).contains(new Answer(BATCH, 0, ANSWERED));
        assertThat(download.take(id(0), ANSWERED)).isEmpty();
        assertThat(download.missing()).isEqualTo(2);
    }

    @Test
    void anAnswerCountsWhateverWasSaidBefore() {
        assertThat(download.take(id(0), OVERLOADED)).isEmpty();
        assertThat(download.take(id(1), EXPIRED)).isEmpty();
        assertThat(download.take(id(2), REFUSED)).isEmpty();

        assertThat(download.take(id(0), ANSWERED)).isPresent();
        assertThat(download.take(id(1), ANSWERED)).isPresent();
        assertThat(download.take(id(2), ANSWERED)).isPresent();

        assertThat(download.keptBack()).isEmpty();
    }

    @Test
    void anAnswerCountsWhateverIsSaidAfterwards() {
        download.take(id(0), ANSWERED);

        assertThat(download.take(id(0), EXPIRED)).isEmpty();
        assertThat(download.keptBack()).isEmpty();
    }

    @Test
    void whoHasNoAnswerGetsWhatElseWasSaid() {
        download.take(id(0), OVERLOADED);
        download.take(id(1), EXPIRED);
        download.take(id(2), ANSWERED);

        assertThat(download.missing()).isZero();
        assertThat(download.keptBack())
                .containsExactly(new Answer(BATCH, 0, OVERLOADED), new Answer(BATCH, 1, EXPIRED));
    }

    @Test
    void whatMustNotBeSentAgainCountsBeforeWhatMay() {
        download.take(id(0), OVERLOADED);
        download.take(id(0), REFUSED);
        download.take(id(1), REFUSED);
        download.take(id(1), EXPIRED);

        assertThat(download.keptBack())
                .extracting(Answer::outcome)
                .containsExactly(REFUSED, REFUSED);
    }

    @Test
    void aLineThatCannotBeReadIsMissingUntilNothingElseComes() {
        download.take(id(0), ANSWERED);
        download.takeUnreadable(id(1), JsonBytes.of("{\"line\":1}"));
        download.takeUnreadable("of-somebody-else", JsonBytes.of("{}"));

        assertThat(download.missing()).isEqualTo(2);
        assertThat(download.rest(MISSING))
                .containsExactlyInAnyOrder(
                        errored(1, JsonBytes.of("{\"line\":1}")), errored(2, MISSING));
    }

    private static Answer errored(int number, JsonBytes error) {
        return new Answer(
                BATCH, number, new RelayedOutcome.Tried(new AttemptOutcome.Refused(error)));
    }

    @Test
    void oneThatCanBeReadCountsBeforeOneThatCannot() {
        download.takeUnreadable(id(0), JsonBytes.of("{\"line\":1}"));
        download.take(id(0), ANSWERED);

        assertThat(download.rest(MISSING)).extracting(Answer::request).containsExactly(1, 2);
    }

    @Test
    void resultsOfOthersAloneAreThoseOfAnotherBatch() {
        download.take("something-else", ANSWERED);
        assertThat(isOfAnother()).isTrue();

        download.take(id(0), EXPIRED);
        assertThat(isOfAnother()).isFalse();
    }

    private boolean isOfAnother() {
        return download.judge() instanceof NoResults none && none.isOfAnother();
    }

    @Test
    void whatCannotBeReadAndWhatIsKeptBackShareOneRoom() {
        var unreadable = JsonBytes.of("x".repeat(500));
        var small = new Download(new Members(relay(3)), 900);
        small.takeUnreadable(id(0), unreadable);
        small.takeUnreadable(id(1), unreadable);
        assertThat(small.take(id(2), EXPIRED)).isEmpty();
        assertThat(small.needsAgain()).as("room for one of the unreadable, and for this").isFalse();

        small.take(id(1), OVERLOADED);
        small.take(id(0), OVERLOADED);

        assertThat(small.needsAgain()).isTrue();
    }

    @Test
    void theRoomOfALineThatCouldNotBeReadIsFreeOnceAnotherCould() {
        var small = new Download(new Members(relay(3)), 1_000);
        var unreadable = JsonBytes.of("x".repeat(500));
        for (int time = 0; time < 9; time++) {
            small.takeUnreadable(id(0), unreadable);
        }
        small.take(id(0), ANSWERED);
        small.takeUnreadable(id(1), unreadable);

        assertThat(small.rest(MISSING))
                .containsExactly(errored(1, unreadable), errored(2, MISSING));
    }

    @Test
    void whatDoesNotFitIntoMemoryIsDownloadedAgainWhenItIsKnownWhoHasAnAnswer() {
        var small = new Download(new Members(relay(3)), 150);
        small.take(id(0), EXPIRED);
        small.take(id(1), OVERLOADED);
        small.take(id(2), OVERLOADED);
        small.take(id(2), ANSWERED);
        assertThat(small.needsAgain()).isTrue();

        small.again();

        assertThat(small.take(id(0), EXPIRED)).contains(new Answer(BATCH, 0, EXPIRED));
        assertThat(small.take(id(1), OVERLOADED)).contains(new Answer(BATCH, 1, OVERLOADED));
        assertThat(small.take(id(2), OVERLOADED)).as("it has its answer").isEmpty();
        assertThat(small.needsAgain()).isFalse();
        assertThat(small.missing()).isZero();
    }
}
