package dev.nightmail.core.usage;

import java.util.List;

/**
 * The tables of usage. Rows are only inserted; they outlive the batch they speak of. Durable on
 * return. Methods throw {@link dev.nightmail.core.catalog.CatalogException} when the database
 * fails.
 */
public interface Ledger {

    /** Inserts what is not there yet, by batch and model. */
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
     * @return ordered by group, then model: prices differ by model, so every group is split by it
     */
    List<Sum> sums(Grouping grouping);

    /**
     * @param group the key's id, the model, the day (ISO 8601) or the batch's id
     */
    record Sum(String group, String model, long requests, Usage usage) {}
}
