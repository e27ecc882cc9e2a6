package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Allowance;
import dev.nightmail.core.upstream.Headroom.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllowancesTest {

    private static final Cost ONE = new Cost(1_000, 100);

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
        assertThat(allowances.wait(ONE, now.steady())).isZero();

        allowances.take(ONE, now.steady());

        assertThat(allowances.wait(ONE, now.steady())).isEqualTo(Duration.ofSeconds(1));
        pass(Duration.ofMillis(400));
        assertThat(allowances.wait(ONE, now.steady())).isEqualTo(Duration.ofMillis(600));
    }

    @Test
    void theScarcestLimitCounts() {
        tell(Limit.REQUESTS, 60, 50);
        tell(Limit.INPUT_TOKENS, 60_000, 500);

        assertThat(allowances.wait(new Cost(3_500, 1), now.steady()))
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void whatIsLargerThanABucketGoesWhenThatIsFull() {
        tell(Limit.INPUT_TOKENS, 60_000, 0);

        assertThat(allowances.wait(new Cost(1_000_000, 1), now.steady()))
                .isLessThanOrEqualTo(Duration.ofMinutes(1));
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
        allowances.learn(told(Limit.REQUESTS, 600, 99), early, sentAt, false, now);

        for (int i = 0; i < 39; i++) {
            assertThat(allowances.wait(ONE, now.steady())).isZero();
            allowances.take(ONE, now.steady());
        }
        assertThat(allowances.wait(ONE, now.steady())).isPositive();
    }

    @Test
    void whoElseUsesTheAccountIsSeen() {
        tell(Limit.REQUESTS, 600, 100);
        var sent = allowances.take(ONE, now.steady());

        allowances.learn(told(Limit.REQUESTS, 600, 0), sent, now.steady(), false, now);

        assertThat(allowances.wait(ONE, now.steady())).isPositive();
    }

    @Test
    void aRefusalTookNothingAndLeavesNoDoubt() {
        tell(Limit.REQUESTS, 600, 100);
        var sent = allowances.take(ONE, now.steady());

        allowances.giveBack(ONE);
        allowances.learn(told(Limit.REQUESTS, 600, 0), sent, now.steady(), true, now);

        assertThat(allowances.wait(ONE, now.steady())).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void aLimitThatRefillsInADayIsNotTakenForAMinutes() {
        var tomorrow = now.wall().plus(Duration.ofDays(1));
        allowances.learn(
                new Headroom(Map.of(Limit.REQUESTS, new Allowance(86_400, 0, tomorrow))),
                Flows.NONE,
                now.steady(),
                false,
                now);

        assertThat(allowances.wait(ONE, now.steady())).isEqualTo(Duration.ofSeconds(1));
    }

    private void tell(Limit limit, long perMinute, long remaining) {
        allowances.learn(told(limit, perMinute, remaining), Flows.NONE, now.steady(), false, now);
    }

    private Headroom told(Limit limit, long perMinute, long remaining) {
        var full = now.wall().plus(Duration.ofSeconds(1));
        return new Headroom(Map.of(limit, new Allowance(perMinute, remaining, full)));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
