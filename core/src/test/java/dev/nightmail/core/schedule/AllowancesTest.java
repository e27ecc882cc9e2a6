package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AllowancesTest {

    private static final Cost ONE = new Cost(1_000, 100);

    /** At the start; see {@link JitterMargin}. */
    private static final Duration MARGIN = Duration.ofMillis(40);

    private static final Duration THREE_SECONDS = Duration.ofSeconds(3);

    private final Allowances allowances = new Allowances();
    private Moment now = new Moment(Instant.parse("2026-11-21T22:00:00Z"), Instant.EPOCH);

    @Test
    void nothingIsWaitedForAsLongAsNothingIsTold() {
        assertThat(allowances.areKnown()).isFalse();
        assertThat(allowances.wait(ONE, now.steady())).isZero();
    }

    @Test
    void aCallWaitsUntilTheBucketHasRefilledSoFar() {
        tell(Limit.REQUESTS, 60, 1);

        allowances.take(ONE, now.steady());

        assertThat(waitOf(ONE)).isEqualTo(Duration.ofSeconds(1).plus(MARGIN));
        pass(Duration.ofMillis(400));
        assertThat(waitOf(ONE)).isEqualTo(Duration.ofMillis(600).plus(MARGIN));
    }

    @Test
    void theScarcestLimitCounts() {
        tell(Limit.REQUESTS, 60, 50);
        tell(Limit.INPUT_TOKENS, 60_000, 500);

        assertThat(waitOf(new Cost(3_500, 1))).isBetween(THREE_SECONDS, THREE_SECONDS.plus(MARGIN));
    }

    @Test
    void whatIsLargerThanABucketGoesWhenThatIsFull() {
        tell(Limit.INPUT_TOKENS, 60_000, 0);

        assertThat(waitOf(new Cost(1_000_000, 1)))
                .isLessThanOrEqualTo(Duration.ofMinutes(1).plus(MARGIN));
        pass(Duration.ofMinutes(1).plus(MARGIN));
        assertThat(waitOf(new Cost(1_000_000, 1))).isZero();
    }

    @Test
    void aBucketOfOneIsWaitedForALittleLongerThanItTakes() {
        tell(Limit.REQUESTS, 3_000, 0);
        assertThat(waitOf(ONE)).isBetween(Duration.ofMillis(20), Duration.ofMillis(21));

        for (int i = 0; i < 5; i++) {
            pass(Duration.ofMillis(21));
            assertThat(waitOf(ONE)).isZero();
            allowances.take(ONE, now.steady());
            assertThat(waitOf(ONE)).isBetween(Duration.ofMillis(20), Duration.ofMillis(21));
        }
    }

    @Test
    void anAnswerThatIsOldChangesNothingThatItMayHaveMissed() {
        tell(Limit.REQUESTS, 600, 100);
        var early = allowances.take(ONE, now.steady());
        var sentAt = now.steady();
        for (int i = 0; i < 60; i++) {
            allowances.take(ONE, now.steady());
        }

        // Said of the time before the sixty set out, or after: both fit what we have counted.
        allowances.learn(told(Limit.REQUESTS, 600, 99), ONE, early, sentAt, now);

        assertThat(left()).isEqualTo(39);
    }

    @Test
    void callsThatOvertakeEachOtherAreNotTakenForRoom() {
        tell(Limit.REQUESTS, 3_000, 300);
        for (int i = 0; i < 99; i++) {
            allowances.take(ONE, now.steady());
        }
        var last = allowances.take(ONE, now.steady());

        // It arrived before forty that had set out a moment earlier.
        allowances.learn(told(Limit.REQUESTS, 3_000, 240), ONE, last, now.steady(), now);

        assertThat(left()).isEqualTo(200);
    }

    @Test
    void answersThatAreStillBeingWrittenAreNotTakenForRoom() {
        tell(Limit.OUTPUT_TOKENS, 600_000, 100_000);
        var call = new Cost(0, 1_000);
        for (int i = 0; i < 49; i++) {
            allowances.take(call, now.steady());
            pass(Duration.ofMillis(100));
        }
        var last = allowances.take(call, now.steady());
        double counted = left();

        // None of the fifty has been counted yet.
        allowances.learn(
                told(Limit.OUTPUT_TOKENS, 600_000, 100_000), call, last, now.steady(), now);

        assertThat(left()).isEqualTo(counted);
    }

    @Test
    void whoElseUsesTheAccountIsSeen() {
        tell(Limit.REQUESTS, 600, 100);
        var sent = allowances.take(ONE, now.steady());

        allowances.learn(told(Limit.REQUESTS, 600, 0), ONE, sent, now.steady(), now);

        assertThat(waitOf(ONE)).isPositive();
    }

    @Test
    void aLimitThatRefillsInADayIsNotTakenForAMinutes() {
        learn(86_400, 0, now.wall().plus(Duration.ofDays(1)));

        assertThat(waitOf(ONE)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_020));
    }

    @Test
    void aLimitThatDoesNotSayWhenItIsFullIsAMinutes() {
        learn(60, 0, null);

        assertThat(waitOf(ONE)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_020));
    }

    @Test
    void whatComesBackMuchFasterThanItSaysIsUsed() {
        // Local time that is said to be UTC: an hour from now.
        var inAnHour = now.wall().plus(Duration.ofHours(1));
        learn(3_000, 9, inAnHour);
        var last = Allowances.Mark.NONE;
        for (int i = 0; i < 10; i++) {
            last = allowances.take(ONE, now.steady());
        }
        pass(Duration.ofMillis(20));
        allowances.learn(hourly(0, inAnHour), ONE, last, now.steady(), now);
        pass(Duration.ofMillis(1_200));

        var sent = allowances.take(ONE, now.steady());
        pass(Duration.ofMillis(20));
        allowances.learn(hourly(9, inAnHour), ONE, sent, now.steady(), now);

        assertThat(perSecond()).isGreaterThan(10);
    }

    // Refusals

    @Test
    void aRefusalTookNothingAndLeavesLessThanOneCall() {
        tell(Limit.REQUESTS, 600, 100);
        var sent = allowances.take(ONE, now.steady());

        allowances.refused(told(Limit.REQUESTS, 600, 0), ONE, sent, now.steady(), now);

        assertThat(waitOf(ONE)).isBetween(Duration.ofMillis(50), Duration.ofMillis(120));
    }

    @Test
    void aRefusalThatFollowsFromALimitNeedsNoPauseOfAWholeSecond() {
        tell(Limit.REQUESTS, 3_000, 0);

        refuse(told(Limit.REQUESTS, 3_000, 0));

        assertThat(explains(Duration.ofSeconds(1))).isTrue();
        assertThat(waitOf(ONE)).isLessThan(Duration.ofMillis(30));
    }

    @Test
    void whoeverAsksForLongerThanTheLimitExplainsIsObeyed() {
        tell(Limit.REQUESTS, 3_000, 0);

        refuse(told(Limit.REQUESTS, 3_000, 0));

        assertThat(explains(Duration.ofSeconds(2))).isFalse();
    }

    @Test
    void aRefusalBesideLimitsThatHaveRoomIsNotExplained() {
        tell(Limit.REQUESTS, 3_000, 100);

        refuse(told(Limit.REQUESTS, 3_000, 100));

        assertThat(explains(Duration.ofSeconds(1))).isFalse();
        assertThat(waitOf(ONE)).isZero();
    }

    @Test
    void refusalsInARowMeanMoreThanASmallMistake() {
        tell(Limit.REQUESTS, 3_000, 0);

        refuse(told(Limit.REQUESTS, 3_000, 0));
        var first = waitOf(ONE);
        refuse(told(Limit.REQUESTS, 3_000, 0));
        var second = waitOf(ONE);
        refuse(told(Limit.REQUESTS, 3_000, 0));

        assertThat(second).isGreaterThan(first);
        assertThat(explains(Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void callsThatHadSetOutBeforeTellTheSameOnce() {
        tell(Limit.REQUESTS, 3_000, 0);
        var marks = new ArrayList<Allowances.Mark>();
        for (int i = 0; i < 8; i++) {
            marks.add(allowances.take(ONE, now.steady()));
        }
        var sentAt = now.steady();
        pass(Duration.ofMillis(1));

        for (var mark : marks) {
            allowances.refused(told(Limit.REQUESTS, 3_000, 0), ONE, mark, sentAt, now);
        }

        assertThat(explains(Duration.ofSeconds(1))).isTrue();
    }

    @Test
    void afterCallsThatWereLetInARefusalIsTheFirstAgain() {
        tell(Limit.REQUESTS, 3_000, 0);

        for (int i = 0; i < 5; i++) {
            for (int call = 0; call < 20; call++) {
                pass(Duration.ofMillis(20));
                allowances.take(ONE, now.steady());
            }
            refuse(told(Limit.REQUESTS, 3_000, 0));
        }

        assertThat(explains(Duration.ofSeconds(1))).isTrue();
    }

    private static Headroom hourly(long remaining, Instant fullAt) {
        return new Headroom(Map.of(Limit.REQUESTS, new Allowance(3_000, remaining, fullAt)));
    }

    private boolean explains(Duration retryAfter) {
        return allowances.explain(retryAfter, ONE, now.steady());
    }

    private void refuse(Headroom told) {
        var sent = allowances.take(ONE, now.steady());
        var sentAt = now.steady();
        pass(Duration.ofMillis(1));
        allowances.refused(told, ONE, sent, sentAt, now);
        pass(Duration.ofMillis(1));
    }

    private Duration waitOf(Cost cost) {
        return allowances.wait(cost, now.steady());
    }

    private double left() {
        return allowances.quotas(now.steady()).getFirst().left();
    }

    private double perSecond() {
        return allowances.quotas(now.steady()).getFirst().perSecond();
    }

    private void learn(long limit, long remaining, @Nullable Instant fullAt) {
        allowances.learn(
                new Headroom(Map.of(Limit.REQUESTS, new Allowance(limit, remaining, fullAt))),
                ONE,
                Allowances.Mark.NONE,
                now.steady(),
                now);
    }

    private void tell(Limit limit, long perMinute, long remaining) {
        allowances.learn(
                told(limit, perMinute, remaining), ONE, Allowances.Mark.NONE, now.steady(), now);
    }

    private Headroom told(Limit limit, long perMinute, long remaining) {
        var full = now.wall().plus(Duration.ofSeconds(1));
        return new Headroom(Map.of(limit, new Allowance(perMinute, remaining, full)));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
