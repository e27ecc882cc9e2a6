package dev.nightmail.core.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchId;
import java.time.Instant;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayedIdTest {

    private static final Instant NOW = Instant.parse("2026-11-21T22:00:00Z");

    private final Random random = new Random(1);

    @Test
    void aNameTellsTheRequestAndItsRelayEvenOfTheLargestBatch() {
        var id = new RelayedId(BatchId.create(NOW, random), 9_999_999, RelayId.create(NOW, random));

        assertThat(id.customId().value()).hasSizeLessThanOrEqualTo(64);
        assertThat(RelayedId.parse(id.customId().value())).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "record-1",
                "a-1-b-c",
                "a--b",
                "a-1x-b",
                "-1-b",
                "a-1-",
                "a-9999999999-b"
            })
    void whatIsNotOfOurMakingIsNoName(String customId) {
        assertThat(RelayedId.parse(customId)).isEmpty();
    }

    @Test
    void relaysSortByAge() {
        var earlier = RelayId.create(NOW, random);
        var later = RelayId.create(NOW.plusMillis(1), random);

        assertThat(earlier).isLessThan(later);
    }

    @Test
    void numbersAreWrittenInRangesAndReadAgain() {
        var numbers = new BitSet();
        numbers.set(0, 100);
        numbers.set(105);
        numbers.set(107, 109);
        var requests = RequestNumbers.of(numbers);

        assertThat(requests).hasToString("0-99,105,107-108");
        assertThat(RequestNumbers.parse("0-99,105,107-108")).isEqualTo(requests);
        assertThat(requests.size()).isEqualTo(103);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "5-", "7-3", "1,,2", "-4"})
    void whatIsNoListOfRangesIsRefused(String text) {
        assertThatThrownBy(() -> RequestNumbers.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
