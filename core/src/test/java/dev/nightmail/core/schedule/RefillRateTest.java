package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nightmail.core.schedule.RefillRate.Seen;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefillRateTest {

    private static final Duration ANSWER = Duration.ofMillis(20);

    private final RefillRate rate = new RefillRate();
    private Instant now = Instant.EPOCH;
    private double taken;

    RefillRateTest() {
        rate.told(50, 50);
    }

    @Test
    void whatItSaysIsBelievedAsLongAsNothingSpeaksAgainstIt() {
        sendFor(Duration.ofSeconds(30), 50, 5, false);

        assertThat(rate.perSecond()).isEqualTo(50);
    }

    @Test
    void whatAnotherClientTakesIsFoundAndFoundAgainWhenItIsGone() {
        sendFor(Duration.ofSeconds(30), 30, 5, false);
        assertThat(rate.perSecond()).isCloseTo(30, within(3.0));

        sendFor(Duration.ofSeconds(30), 50, 5, false);
        assertThat(rate.perSecond()).isCloseTo(50, within(1.0));
    }

    @Test
    void aLimitThatIsNotOfAMinuteIsFound() {
        rate.told(50, 5);

        sendFor(Duration.ofSeconds(3), 50, 5, false);

        assertThat(rate.perSecond()).isCloseTo(50, within(5.0));
    }

    @Test
    void whereNothingIsEverLeftOverFasterIsTried() {
        rate.told(50, 1);
        for (int i = 0; i < 6; i++) {
            sendFor(Duration.ofSeconds(2), rate.perSecond(), 0, true);
        }

        assertThat(rate.perSecond()).isEqualTo(50);
    }

    @Test
    void whatRefusalsHaveShownToBeTooFastIsTriedAgainLater() {
        rate.told(50, 1);
        sendFor(Duration.ofSeconds(3), 1, 0, true);
        assertThat(rate.perSecond()).isGreaterThan(3);

        // A single call may have been a moment early.
        rate.refused(1, now);
        assertThat(rate.perSecond()).isGreaterThan(3);
        rate.refused(1, now);
        sendFor(Duration.ofSeconds(9), 1, 0, true);
        assertThat(rate.perSecond()).isLessThan(2);

        sendFor(Duration.ofSeconds(3), 1, 0, true);
        assertThat(rate.perSecond()).isGreaterThan(3);
    }

    @Test
    void aBucketThatIsBeingEmptiedByCallsThatWereTakenForSmallerIsNotSlow() {
        for (int left = 3_000; left > 0; left -= 30) {
            see(left, false);
            pass(Duration.ofMillis(100));
            taken += 10;
        }

        assertThat(rate.perSecond()).isEqualTo(50);
    }

    @Test
    void anotherLimitIsAnotherMatter() {
        sendFor(Duration.ofSeconds(30), 30, 5, false);

        rate.told(100, 100);

        assertThat(rate.perSecond()).isEqualTo(100);
    }

    /** One call after the other, at this pace, which leaves always as much. */
    private void sendFor(Duration length, double perSecond, double left, boolean isFull) {
        for (var end = now.plus(length); now.isBefore(end); ) {
            pass(Duration.ofNanos((long) (1e9 / perSecond)));
            taken++;
            see(left, isFull);
        }
    }

    private void see(double left, boolean isFull) {
        rate.see(new Seen(now, now.plus(ANSWER), left, 1, taken, taken + 1, isFull));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
