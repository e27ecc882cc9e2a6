package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitTest {

    private static final int LIMIT = 64;

    private final Circuit circuit = new Circuit();
    private Instant now = Instant.EPOCH.plusSeconds(1);
    private int requests;

    @Test
    void aFewFailuresAmongManyAreTheRequests() {
        for (int i = 0; i < 200; i++) {
            if (i % 5 == 0) {
                assertThat(failAnother()).isFalse();
            } else {
                answer();
            }
        }

        assertThat(circuit.isHealthy()).isTrue();
    }

    @Test
    void threeRequestsThatAlwaysFailAreThreeHoweverOftenTheyAreTried() {
        for (int i = 0; i < 12; i++) {
            answer();
        }
        for (int i = 0; i < 15; i++) {
            assertThat(circuit.failed("poison " + i % 3, false, now, now)).isFalse();
        }

        assertThat(circuit.isHealthy()).isTrue();
    }

    @Test
    void aFewRequestsOfWhichNoneIsEverAnsweredAreAnUnhealthyUpstream() {
        for (int i = 0; i < 7; i++) {
            assertThat(circuit.failed("one of two " + i % 2, false, now, now)).isFalse();
        }

        assertThat(circuit.failed("one of two", false, now, now)).isTrue();
    }

    @Test
    void manyFailuresAreTheUpstreamsAndFewCallsFindOutWhenItIsHealthy() {
        becomeUnhealthy();

        assertThat(circuit.isHealthy()).isFalse();
        assertThat(started()).isEqualTo(4);
    }

    @Test
    void whereEachProbeMayCostSomethingThereIsOneAtATimeAndPausesGrowLonger() {
        for (int i = 0; i < 8; i++) {
            circuit.failed(++requests, true, now, now);
        }

        assertThat(started()).isEqualTo(1);
        assertThat(circuit.pause(Duration.ofSeconds(15))).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void probesThatCostNothingAreNoFurtherApartThanThreeSeconds() {
        becomeUnhealthy();

        assertThat(circuit.pause(Duration.ofSeconds(15))).isEqualTo(Duration.ofSeconds(3));
        assertThat(circuit.pause(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void oneAnswerBringsAQuarterOfTheCallsAndHalfOfThoseAllOfThem() {
        becomeUnhealthy();
        pass();
        answer();
        assertThat(started()).isEqualTo(LIMIT / 4);

        pass();
        for (int i = 0; i < LIMIT / 8; i++) {
            assertThat(circuit.isHealthy()).isFalse();
            answer();
        }
        assertThat(circuit.isHealthy()).isTrue();
    }

    @Test
    void aFailureOfOneThatIsRecoveringIsARelapse() {
        becomeUnhealthy();
        pass();
        answer();
        pass();

        assertThat(failAnother()).isTrue();

        assertThat(started()).isEqualTo(4);
    }

    @Test
    void soundIsWhatHasAnsweredManyCallsInARow() {
        for (int i = 0; i < 31; i++) {
            answer();
        }
        assertThat(circuit.isSound()).isFalse();

        answer();
        assertThat(circuit.isSound()).isTrue();

        failAnother();
        assertThat(circuit.isSound()).isFalse();
    }

    @Test
    void whatSetOutBeforeTellsNothing() {
        var before = now;
        pass();
        becomeUnhealthy();
        pass();

        circuit.answered("late", LIMIT, before, now);
        assertThat(circuit.failed("late", false, before, now)).isFalse();

        assertThat(started()).isEqualTo(4);
    }

    private void becomeUnhealthy() {
        for (int i = 0; i < 8; i++) {
            failAnother();
        }
    }

    private boolean failAnother() {
        return circuit.failed(++requests, false, now, now);
    }

    private int started() {
        int started = 0;
        while (started < LIMIT && circuit.hasRoom(LIMIT)) {
            circuit.sent();
            started++;
        }
        return started;
    }

    private void answer() {
        circuit.answered(++requests, LIMIT, now, now);
    }

    private void pass() {
        now = now.plusSeconds(1);
    }
}
