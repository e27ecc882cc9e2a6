package dev.nightmail.upstream.simulator.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutputLengthsTest {

    @Test
    void lengthsOfAnswersSpreadAroundTheirMedianUpToTheMost() {
        var lengths = new OutputLengths(200, 0.5);
        int below = 0;
        int most = 0;
        for (int i = 0; i < 10_000; i++) {
            long length = lengths.draw(3, i, 400);
            assertThat(length).isBetween(1L, 400L);
            below += length < 200 ? 1 : 0;
            most += length == 400 ? 1 : 0;
        }

        assertThat(below).isBetween(4_750, 5_200);
        assertThat(most).isBetween(700, 950);
        assertThat(lengths.draw(3, 1, 0)).isZero();
    }
}
