package dev.nightmail.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.usage.Ledger;
import dev.nightmail.core.usage.Ledger.Grouping;
import dev.nightmail.core.usage.Ledger.Sum;
import dev.nightmail.core.usage.LedgerEntry;
import dev.nightmail.core.usage.Usage;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every ledger promises. */
abstract class LedgerContract {

    private static final LedgerEntry ONE = entry("1", "key_a", "small", 20, 1);
    private static final LedgerEntry TWO = entry("1", "key_a", "large", 20, 10);
    private static final LedgerEntry THREE = entry("2", "key_b", "small", 21, 100);

    private Ledger ledger;

    /** An empty ledger. */
    abstract Ledger create();

    @BeforeEach
    void open() {
        ledger = create();
    }

    private static LedgerEntry entry(String batch, String key, String model, int day, int times) {
        return new LedgerEntry(
                new BatchId("msgbatch_" + batch),
                Samples.TEAM,
                new KeyId(key),
                model,
                LocalDate.of(2026, 11, day),
                times,
                usage(times));
    }

    private static Usage usage(int times) {
        return new Usage(times, 2L * times, 3L * times, 4L * times, 5_000_000_000L * times);
    }

    @Test
    void insertingTwiceInsertsOnce() {
        ledger.insert(List.of(ONE, TWO));
        ledger.insert(List.of(ONE, TWO, THREE));
        ledger.insert(List.of());

        assertThat(ledger.sums(Grouping.BATCH))
                .containsExactly(
                        new Sum("msgbatch_1", "large", 10, usage(10)),
                        new Sum("msgbatch_1", "small", 1, usage(1)),
                        new Sum("msgbatch_2", "small", 100, usage(100)));
    }

    @Test
    void sumsAreSplitByModelWithinEveryGroup() {
        ledger.insert(List.of(THREE, TWO, ONE));

        assertThat(ledger.sums(Grouping.MODEL))
                .containsExactly(
                        new Sum("large", "large", 10, usage(10)),
                        new Sum("small", "small", 101, usage(101)));
        assertThat(ledger.sums(Grouping.KEY))
                .extracting(Sum::group)
                .containsExactly("key_a", "key_a", "key_b");
        assertThat(ledger.sums(Grouping.DAY))
                .extracting(Sum::group, Sum::model)
                .containsExactly(
                        tuple("2026-11-20", "large"),
                        tuple("2026-11-20", "small"),
                        tuple("2026-11-21", "small"));
    }
}
