package dev.nightmail.upstream.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WholeNumberTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "-0.0,0",
        "0e999,0",
        "11,11",
        "11.0,11",
        "1.1e1,11",
        "110E-1,11",
        "-7.00,-7",
        "999999999999999999,999999999999999999"
    })
    void aWholeNumberIsOneHoweverItIsWritten(String number, long value) {
        assertThat(WholeNumber.of(number)).hasValue(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.5",
                "11.01",
                "1e-3",
                "1000000000000000000",
                "1e999999999",
                "1e99999999999999999999",
                "1e-2147483647",
                "10000000000000000000000000000000000000000000000000000000000000000"
            })
    void whatHasAFractionOrIsBeyondAllCountsIsNone(String number) {
        assertThat(WholeNumber.of(number)).isEmpty();
    }
}
