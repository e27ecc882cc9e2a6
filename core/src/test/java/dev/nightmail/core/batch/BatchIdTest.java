package dev.nightmail.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchIdTest {

    private static final Instant NOW = Instant.parse("2026-11-21T22:13:14.123456Z");

    @Test
    void anIdRemembersTheMicrosecondOfItsCreation() {
        var id = BatchId.create(NOW, new Random(1));

        assertThat(id.value()).matches("msgbatch_01[1-9A-HJ-NP-Za-km-z]{22}");
        assertThat(id.createdAt()).contains(NOW);
    }

    @Test
    void idsSortByAge() {
        var random = new Random(2);
        var ids = new ArrayList<BatchId>();
        for (int i = 0; i < 1_000; i++) {
            ids.add(BatchId.create(NOW.plusNanos(i * 1_000L), random));
        }

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aForeignIdIsAnIdWithoutATime() {
        assertThat(BatchId.parse("msgbatch_013Zva2CMHLNnXjNJJKqJ2EF"))
                .hasValueSatisfying(id -> assertThat(id.value()).endsWith("2EF"));
        assertThat(new BatchId("msgbatch_short").createdAt()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "msgbatch_",
                "msgbatch_../../etc",
                "batch_1",
                "msgbatch_a/b",
                "msgbatch_ü"
            })
    void whatCouldNotBeAFileNameIsNoId(String text) {
        assertThat(BatchId.parse(text)).isEmpty();
        assertThatThrownBy(() -> new BatchId(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
