package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateSearchTest {

    private final RateSearch search = new RateSearch();
    private Instant now = Instant.EPOCH.plusSeconds(100);

    @Test
    void thereIsNoLimitUntilACallIsRefused() {
        for (int i = 0; i < 10_000; i++) {
            search.sent(now);
        }

        assertThat(search.isLimited()).isFalse();
        assertThat(search.wait(now)).isZero();
    }

    @Test
    void theFirstRefusalSaysWhatWasTaken() {
        send(100, Duration.ofMillis(100));

        refuse();

        assertThat(search.rate(now)).isBetween(9.0, 10.5);
        assertThat(search.wait(now)).isBetween(Duration.ofMillis(90), Duration.ofMillis(120));
    }

    @Test
    void refusalsOfCallsThatHadSetOutBeforeAreNoNews() {
        send(100, Duration.ofMillis(100));
        var before = now;
        for (int i = 0; i < 50; i++) {
            search.sent(before);
        }
        refuse();
        double found = search.rate(now);

        for (int i = 0; i < 50; i++) {
            search.refused(before, now);
        }

        assertThat(search.rate(now)).isEqualTo(found);
    }

    @Test
    void aLimitThatHasGrownIsFoundBySlowlyThenQuicklyMore() {
        send(100, Duration.ofMillis(100));
        refuse();
        double found = search.rate(now);

        sendAllThatMayGo(Duration.ofSeconds(10));
        assertThat(search.rate(now)).isEqualTo(found);
        sendAllThatMayGo(Duration.ofSeconds(4));
        assertThat(search.rate(now)).isBetween(1.05 * found, 1.5 * found);
        sendAllThatMayGo(Duration.ofSeconds(7));
        assertThat(search.rate(now)).isGreaterThan(4 * found);
    }

    @Test
    void whatWasRefusedTogetherIsNotTakenOffWhatCameAfter() {
        send(100, Duration.ofMillis(100));
        var before = now;
        send(100, Duration.ZERO);
        now = now.plusMillis(40);
        for (int i = 0; i < 100; i++) {
            search.refused(before, now);
        }

        now = now.plusMillis(100);
        send(120, Duration.ofMillis(100));
        refuse();

        assertThat(search.rate(now)).isBetween(9.0, 10.5);
    }

    @Test
    void noLimitGrowsWhileNobodyAsksForMore() {
        send(100, Duration.ofMillis(100));
        refuse();
        double found = search.rate(now);

        now = now.plusSeconds(120);

        assertThat(search.rate(now)).isEqualTo(found);
        assertThat(sendAllThatMayGo(Duration.ofMillis(500))).isLessThan(10);
    }

    @Test
    void aLimitThatHasShrunkIsFoundByRefusalsThatComeSoon() {
        send(100, Duration.ofMillis(100));
        refuse();
        double before = search.rate(now);

        for (int i = 0; i < 5; i++) {
            now = now.plusMillis(500);
            search.sent(now);
            now = now.plusMillis(40);
            search.refused(now.minusMillis(40), now);
        }

        assertThat(search.rate(now)).isLessThan(before / 2);
    }

    @Test
    void oneCallMayGoWhenItIsTimeToAskAgain() {
        send(1, Duration.ofSeconds(1));
        refuse();
        search.grant(now.plusMillis(200));

        assertThat(search.wait(now.plusMillis(199))).isPositive();
        assertThat(search.wait(now.plusMillis(200))).isZero();
        search.sent(now.plusMillis(200));
        assertThat(search.wait(now.plusMillis(201))).isPositive();
    }

    private void send(int calls, Duration apart) {
        for (int i = 0; i < calls; i++) {
            search.sent(now);
            now = now.plus(apart);
        }
    }

    private int sendAllThatMayGo(Duration during) {
        int sent = 0;
        for (var end = now.plus(during); now.isBefore(end); now = now.plusMillis(10)) {
            while (search.wait(now).isZero()) {
                search.sent(now);
                sent++;
            }
        }
        return sent;
    }

    private void refuse() {
        search.sent(now);
        now = now.plusMillis(40);
        search.refused(now.minusMillis(40), now);
    }
}
