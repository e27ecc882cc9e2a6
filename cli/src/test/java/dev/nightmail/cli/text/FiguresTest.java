package dev.nightmail.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | $0.00",
                "12 | under $0.0001",
                "700 | $0.0007",
                "42000 | $0.042",
                "999999 | $1.000",
                "1000000 | $1.00",
                "1234567890 | $1,234.57"
            })
    void moneyHasAsManyDigitsAsSaySomething(long micros, String shown) {
        assertThat(Figures.money(micros)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0.0 s",
                "840 | 0.8 s",
                "9999 | 9.9 s",
                "42000 | 42 s",
                "192000 | 3 min 12 s",
                "7500000 | 2 h 05 min",
                "273600000 | 3 d 4 h"
            })
    void aDurationHasTwoUnitsAtMost(long millis, String shown) {
        assertThat(Figures.duration(Duration.ofMillis(millis))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1234 | 1,234/s", "4.24 | 4.2/s", "0.5 | 30/min", "0.02 | 1.2/min"})
    void aSlowRateIsGivenByTheMinute(double perSecond, String shown) {
        assertThat(Figures.rate(perSecond)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 1 byte",
                "812 | 812 bytes",
                "1200 | 1.2 kB",
                "9960 | 10 kB",
                "999600 | 1.0 MB",
                "250000000 | 250 MB"
            })
    void bytesAreDecimal(long bytes, String shown) {
        assertThat(Figures.bytes(bytes)).isEqualTo(shown);
    }

    @Test
    void countsHaveSeparatorsAndTheRightEnding() {
        assertThat(Figures.counted(1, "batch")).isEqualTo("1 batch");
        assertThat(Figures.counted(2, "batch")).isEqualTo("2 batches");
        assertThat(Figures.counted(1_234_567, "record")).isEqualTo("1,234,567 records");
    }

    @Test
    void timesSayTheirZone() {
        assertThat(Figures.time(Instant.parse("2026-11-21T12:40:05.123Z")))
                .isEqualTo("2026-11-21 12:40:05 UTC");
    }
}
