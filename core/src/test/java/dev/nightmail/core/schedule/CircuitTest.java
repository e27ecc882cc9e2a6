package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitTest {

    private static final int LIMIT = 64;

    private final Circuit circuit = new Circuit();
    private Instant now = Instant.EPOCH.plusSeconds(1);

    @Test
    void aFewFailuresAmongManyAreTheRequests() {
        for (int i = 0; i < 200; i++) {
            if (i % 5 == 0) {
                assertThat(circuit.failed(now, now)).isFalse();
            } else {
                circuit.answered(LIMIT, now, now);
            }
        }

        assertThat(circuit.isWell()).isTrue();
        assertThat(circuit.blames(now)).isTrue();
    }

    @Test
    void manyFailuresAreTheUpstreamsAndFewCallsFindOutWhenItIsWell() {
        fallIll();

        assertThat(circuit.isWell()).isFalse();
        assertThat(started()).isEqualTo(4);
    }

    @Test
    void oneAnswerBringsAQuarterOfTheCallsAndHalfOfThoseAllOfThem() {
        fallIll();
        pass();
        answer();
        assertThat(started()).isEqualTo(LIMIT / 4);

        pass();
        for (int i = 0; i < LIMIT / 8; i++) {
            assertThat(circuit.isWell()).isFalse();
            answer();
        }
        assertThat(circuit.isWell()).isTrue();
    }

    @Test
    void aFailureOfAConvalescentIsARelapse() {
        fallIll();
        pass();
        answer();
        pass();

        assertThat(circuit.failed(now, now)).isTrue();

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

        circuit.failed(now, now);
        assertThat(circuit.isSound()).isFalse();
    }

    @Test
    void whatSetOutBeforeTellsNothing() {
        var before = now;
        pass();
        fallIll();
        pass();

        circuit.answered(LIMIT, before, now);
        assertThat(circuit.failed(before, now)).isFalse();

        assertThat(started()).isEqualTo(4);
    }

    @Test
    void aRequestLosesOneTryInTenMinutesWhileItIsIll() {
        fallIll();

        assertThat(circuit.blames(now)).isTrue();
        assertThat(circuit.blames(now)).isFalse();
        now = now.plus(Duration.ofMinutes(10));
        assertThat(circuit.blames(now)).isTrue();
        assertThat(circuit.blames(now)).isFalse();
    }

    private void fallIll() {
        for (int i = 0; i < 8; i++) {
            circuit.failed(now, now);
        }
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
        circuit.answered(LIMIT, now, now);
    }

    private void pass() {
        now = now.plusSeconds(1);
    }
}
