package dev.nightmail.simulation.catalog;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.LedgerEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** The ledger in one process. */
final class AttachedLedger implements Ledger {

    private final SimulatedCatalog catalog;
    private final Transactions transactions;

    AttachedLedger(SimulatedCatalog catalog, Transactions transactions) {
        this.catalog = catalog;
        this.transactions = transactions;
    }

    @Override
    public void insert(List<LedgerEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        transactions.write(
                "insert usage",
                () -> {
                    var unknown = new LinkedHashMap<BatchId, List<LedgerEntry>>();
                    for (var entry : entries) {
                        if (!catalog.entries.containsKey(entry.batch())) {
                            unknown.computeIfAbsent(entry.batch(), _ -> new ArrayList<>())
                                    .add(entry);
                        }
                    }
                    if (catalog.chargesTwice()) {
                        entries.forEach(entry ->
                                catalog.entries
                                        .computeIfAbsent(entry.batch(), _ -> new ArrayList<>())
                                        .add(entry));
                    } else {
                        catalog.entries.putAll(unknown);
                    }
                    return unknown;
                });
    }

    @Override
    public List<Sum> sums(Grouping grouping) {
        throw new UnsupportedOperationException("nobody in the engine asks for sums");
    }
}
