package dev.nightmail.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.Ledger.Grouping;
import dev.nightmail.core.ledger.Ledger.Sum;
import dev.nightmail.core.ledger.LedgerEntry;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Tariff;
import dev.nightmail.core.usage.Usage;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every ledger promises. */
abstract class LedgerContract {

    private static final Billing BATCH = new Billing("claude", ServiceTier.BATCH, false);
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
                LocalDate.of(2026, 11, day),
                tally(model, times));
    }

    private static Tally tally(String model, int times) {
        return new Tally(new Tariff(model, BATCH, 0), times, usage(times));
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
                        new Sum("msgbatch_1", tally("large", 10)),
                        new Sum("msgbatch_1", tally("small", 1)),
                        new Sum("msgbatch_2", tally("small", 100)));
    }

    @Test
    void sumsAreSplitByModelWithinEveryGroup() {
        ledger.insert(List.of(THREE, TWO, ONE));

        assertThat(ledger.sums(Grouping.MODEL))
                .containsExactly(
                        new Sum("large", tally("large", 10)),
                        new Sum("small", tally("small", 101)));
        assertThat(ledger.sums(Grouping.KEY))
                .extracting(Sum::group)
                .containsExactly("key_a", "key_a", "key_b");
        assertThat(ledger.sums(Grouping.DAY))
                .extracting(Sum::group, sum -> sum.tally().tariff().model())
                .containsExactly(
                        tuple("2026-11-20", "large"),
                        tuple("2026-11-20", "small"),
                        tuple("2026-11-21", "small"));
    }

    @Test
    void whatIsPricedOtherwiseIsSummedApart() {
        var standard = new Billing("claude", ServiceTier.STANDARD, false);
        var tariffs =
                List.of(
                        new Tariff("small", Billing.UNKNOWN, 0),
                        new Tariff("small", BATCH, 0),
                        new Tariff("small", BATCH, 100_000),
                        new Tariff("small", standard, 0),
                        new Tariff("small", new Billing("claude", ServiceTier.STANDARD, true), 0),
                        new Tariff("small", new Billing("local", ServiceTier.STANDARD, false), 0));
        for (int batch = 1; batch <= 2; batch++) {
            ledger.insert(
                    tariffs.stream()
                            .map(tariff -> new Tally(tariff, 1, usage(1)))
                            .map(entryOf(batch))
                            .toList());
        }

        assertThat(ledger.sums(Grouping.MODEL))
                .extracting(Sum::tally)
                .containsExactlyElementsOf(
                        tariffs.stream().map(tariff -> new Tally(tariff, 2, usage(2))).toList());
    }

    private static Function<Tally, LedgerEntry> entryOf(int batch) {
        return tally ->
                new LedgerEntry(
                        new BatchId("msgbatch_" + batch),
                        Samples.TEAM,
                        new KeyId("key_a"),
                        LocalDate.of(2026, 11, 20),
                        tally);
    }

    /** After a crash the terms may be known no more: the same tokens must not be counted again. */
    @Test
    void aBatchIsChargedOnceThoughItsTermsWereLostMeanwhile() {
        ledger.insert(List.of(ONE, TWO));

        ledger.insert(
                List.of(
                        entryOf(1)
                                .apply(
                                        new Tally(
                                                new Tariff("small", Billing.UNKNOWN, 0),
                                                1,
                                                usage(1)))));

        assertThat(ledger.sums(Grouping.BATCH))
                .containsExactly(
                        new Sum("msgbatch_1", tally("large", 10)),
                        new Sum("msgbatch_1", tally("small", 1)));
    }
}
