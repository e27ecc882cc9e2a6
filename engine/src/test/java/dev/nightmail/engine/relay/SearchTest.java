package dev.nightmail.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayState;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.BatchUpstream.Collection;
import dev.nightmail.core.upstream.BatchUpstream.Listing;
import dev.nightmail.core.upstream.BatchUpstream.Seen;
import dev.nightmail.engine.relay.Search.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider's list and the results of its batches prove of a create whose answer is lost. */
class SearchTest {

    private static final Instant INTENDED = Instant.parse("2026-11-21T22:00:00Z");
    private static final Duration SETTLING = Duration.ofMinutes(2);
    private static final int SENT = 3;
    private static final BatchId BATCH = new BatchId("msgbatch_ours");
    private static final RelayId RELAY = new RelayId("relay_ours");
    private static final String OURS = new RelayedId(BATCH, 1, RELAY).customId().value();
    private static final String THEIRS =
            new RelayedId(BATCH, 1, new RelayId("relay_theirs")).customId().value();

    private final ListedProvider provider = new ListedProvider();
    private final KnownBatches known = new KnownBatches();
    private long nanos;
    private final Search search = new Search(provider, intent(), SETTLING, known, () -> nanos);

    private static RelayRecord intent() {
        var numbers = new BitSet();
        numbers.set(0, SENT);
        var relay =
                new Relay(
                        RELAY,
                        "claude",
                        new RelayTerms(ApiVersion.V2023_06_01, List.of(), null),
                        List.of(new Relay.Part(BATCH, RequestNumbers.of(numbers))));
        return new RelayRecord(
                relay,
                INTENDED,
                new RelayRecord.Sent(SENT, 100, "0".repeat(64)),
                new RelayState.Intended());
    }

    private Finding look() {
        try {
            return search.look();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Long after whatever was made is on the list. */
    private Finding lookLater() {
        nanos += SETTLING.toNanos();
        return look();
    }

    private static Seen running(String id, int requests) {
        return new Seen(id, INTENDED, false, requests, false);
    }

    private static Seen ended(String id, int requests) {
        return new Seen(id, INTENDED, true, requests, false);
    }

    // What is ours

    @Test
    void oneWithARequestOfOursIsOurs() {
        provider.lists(ended("pb_1", SENT));
        provider.has("pb_1", List.of(OURS));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    @Test
    void aForeignLineBeforeOursDoesNotMakeItSomebodyElses() {
        provider.lists(ended("pb_1", SENT));
        provider.has("pb_1", List.of(THEIRS, "not-even-a-relay", OURS));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    @Test
    void oneThatShowsForeignResultsOnceIsLookedAtOnceMore() {
        provider.lists(ended("pb_1", SENT));
        provider.has("pb_1", List.of(THEIRS));
        provider.has("pb_1", List.of(OURS));

        assertThat(lookLater()).isEqualTo(new Finding.NotYetKnown(null));
        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void oneThatHasNotCountedAllYetMayBeOurs(int counted) {
        provider.lists(running("pb_1", counted));
        assertThat(lookLater()).isEqualTo(new Finding.NotYetKnown(null));

        provider.lists(ended("pb_1", counted));
        provider.has("pb_1", List.of(OURS));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    @Test
    void oneThatIsArchivedIsOursIfItsResultsAreThereAllTheSame() {
        provider.lists(new Seen("pb_1", INTENDED, true, SENT, true));
        provider.has("pb_1", List.of(OURS));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    @Test
    void oneOfWhichNobodyKnowsWhenItWasMadeMayBeOurs() {
        provider.lists(new Seen("pb_1", null, true, SENT, false));
        provider.has("pb_1", List.of(OURS));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    @Test
    void oneWhoseResultsCannotBeReadHidesNoOther() {
        provider.lists(
                ended("pb_2", SENT),
                new Seen("pb_3", null, false, SENT, false),
                ended("pb_1", SENT));
        provider.ends("pb_2", List.of(), new Collection.Unseen(ListedProvider.failed()));
        provider.has("pb_1", List.of(OURS));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    // What is not

    @Test
    void nothingOnAWholeListMeansThatNoneWasMadeOnceItWouldBeThere() {
        assertThat(look()).isEqualTo(new Finding.NotYetKnown(null));
        assertThat(lookLater()).isEqualTo(new Finding.NeverMade());
    }

    @Test
    void oneWithMoreRequestsThanWereSentIsNotLookedAt() {
        provider.lists(ended("pb_1", SENT + 1));

        assertThat(lookLater()).isEqualTo(new Finding.NeverMade());
        assertThat(provider.downloads).isZero();
    }

    @Test
    void oneWithOthersResultsTwiceIsSomebodyElses() {
        provider.lists(ended("pb_1", SENT));
        provider.has("pb_1", List.of(THEIRS, THEIRS));

        lookLater();

        assertThat(look()).isEqualTo(new Finding.NeverMade());
        assertThat(look()).isEqualTo(new Finding.NeverMade());
        assertThat(provider.downloads).isEqualTo(2);
    }

    @Test
    void ofALargeOneNotEveryLineIsRead() {
        provider.lists(ended("pb_1", SENT));
        var lines = Collections.nCopies(100_000, THEIRS);
        provider.has("pb_1", lines);

        lookLater();

        assertThat(look()).isEqualTo(new Finding.NeverMade());
    }

    @Test
    void oneThatWasMadeLongBeforeIsNotLookedAt() {
        provider.lists(new Seen("pb_1", INTENDED.minus(Duration.ofDays(2)), true, SENT, false));

        assertThat(lookLater()).isEqualTo(new Finding.NeverMade());
    }

    // What proves nothing

    @Test
    void oneThatRunsIsWaitedFor() {
        provider.lists(running("pb_1", SENT));

        assertThat(lookLater()).isEqualTo(new Finding.NotYetKnown(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "unseen", "broken", "empty"})
    void resultsThatCannotBeReadLeaveItOpen(String how) {
        provider.lists(ended("pb_1", SENT));
        switch (how) {
            case "unknown" -> {}
            case "unseen" ->
                    provider.ends(
                            "pb_1", List.of(), new Collection.Unseen(ListedProvider.failed()));
            case "broken" ->
                    provider.ends("pb_1", List.of(THEIRS), new Collection.Broken("connection cut"));
            default -> provider.has("pb_1", List.of());
        }

        assertThat(lookLater()).isInstanceOf(Finding.Unknowable.class);
        assertThat(look()).isInstanceOf(Finding.Unknowable.class);
    }

    @Test
    void aListThatRepeatsItselfProvesNothing() {
        provider.pages(_ -> new Listing.Page(List.of(ended("pb_9", SENT + 1)), true));

        assertThat(lookLater()).isInstanceOf(Finding.Unknowable.class);
        assertThat(provider.listCalls).isEqualTo(2);
    }

    @Test
    void anEmptyPageWithMoreBehindItProvesNothing() {
        provider.pages(_ -> new Listing.Page(List.of(), true));

        assertThat(lookLater()).isInstanceOf(Finding.Unknowable.class);
        assertThat(provider.listCalls).isEqualTo(1);
    }

    @Test
    void aListWithoutEndIsGivenUpAndProvesNothing() {
        provider.pages(after -> new Listing.Page(List.of(ended(next(after), SENT + 1)), true));

        assertThat(lookLater()).isInstanceOf(Finding.Unknowable.class);
        assertThat(provider.listCalls).isEqualTo(100);
    }

    private static String next(@Nullable String after) {
        return after == null ? "1" : String.valueOf(Integer.parseInt(after) + 1);
    }

    @Test
    void anEntryThatNamesNoBatchMayBeTheOne() {
        provider.pages(_ -> new Listing.Page(List.of(ended("pb_9", SENT + 1)), false, 1));

        assertThat(lookLater()).isInstanceOf(Finding.Unknowable.class);
    }

    @Test
    void oursIsFoundHoweverTheListGoesOn() {
        provider.pages(_ -> new Listing.Page(List.of(ended("pb_1", SENT)), true));
        provider.has("pb_1", List.of(OURS));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    @Test
    void aListThatIsNotNewestFirstIsReadToItsEnd() {
        var old = new Seen("pb_0", INTENDED.minus(Duration.ofDays(3)), true, SENT, false);
        provider.pages(after ->
                after == null
                        ? new Listing.Page(List.of(ended("pb_5", 9), old), true)
                        : new Listing.Page(List.of(ended("pb_1", SENT)), false));
        provider.has("pb_1", List.of(OURS));
        // In order so far, it stops where all others are older.
        assertThat(lookLater()).isEqualTo(new Finding.NeverMade());

        provider.pages(after ->
                after == null
                        ? new Listing.Page(List.of(old, ended("pb_5", 9), old("pb_6")), true)
                        : new Listing.Page(List.of(ended("pb_1", SENT)), false));

        assertThat(look()).isEqualTo(new Finding.Found("pb_1"));
    }

    private static Seen old(String id) {
        return new Seen(id, INTENDED.minus(Duration.ofDays(3)), true, SENT, false);
    }

    @Test
    void manyUnreadableOnesDoNotHideOursForEver() {
        var many =
                IntStream.range(0, 120)
                        .mapToObj(number -> ended("pb_" + number, SENT))
                        .toArray(Seen[]::new);
        provider.lists(many);
        provider.has("pb_119", List.of(OURS));

        assertThat(lookLater()).isEqualTo(new Finding.NotYetKnown(null));
        look();

        assertThat(look()).isEqualTo(new Finding.Found("pb_119"));
    }

    @Test
    void whatAnotherRelayHasIsNotLookedAt() {
        known.add("pb_1");
        provider.lists(ended("pb_1", SENT));

        assertThat(lookLater()).isEqualTo(new Finding.NeverMade());
        assertThat(provider.downloads).isZero();
    }

    @Test
    void aProviderThatIsAwayProvesNothing() {
        provider.pages(_ -> new Listing.Unseen(ListedProvider.failed()));

        assertThat(lookLater()).isInstanceOf(Finding.NotYetKnown.class);
    }
}
