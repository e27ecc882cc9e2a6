package dev.nightmail.core.ledger;

import dev.nightmail.core.usage.Tally;
import java.util.List;

/**
 * The tables of usage. Rows are only inserted; they outlive the batch they speak of. Durable on
 * return. Methods throw {@link dev.nightmail.core.catalog.CatalogException} when the database
 * fails.
 */
public interface Ledger {

    /**
     * Inserts all that batches used. A batch that has entries already is left as it is: its entries
     * are always inserted together, and what is found later may be split otherwise, where a crash
     * lost the terms of an answer.
     */
    void insert(List<LedgerEntry> entries);

    enum Grouping {
        KEY,
        MODEL,
        DAY,
        BATCH
    }

    /**
     * Sums over all entries.
     *
     * @return ordered by group, then tariff: prices differ by tariff, so every group is split by it
     */
    List<Sum> sums(Grouping grouping);

    /**
     * @param group the key's id, the model, the day (ISO 8601) or the batch's id
     */
    record Sum(String group, Tally tally) {}
}
