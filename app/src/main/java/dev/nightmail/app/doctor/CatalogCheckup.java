package dev.nightmail.app.doctor;

import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.LedgerEntry;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.journal.JournalCheckup.BatchReport;
import dev.nightmail.journal.finding.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the catalog with the folders of the batches, which are right. API keys and the usage of
 * batches that are archived or deleted stand in the catalog only: nothing can be said of those.
 */
final class CatalogCheckup {

    static final String FILE = "catalog.db";

    private final BatchCatalog batches;
    private final Ledger ledger;
    private final Map<String, List<Tally>> charged = new HashMap<>();

    CatalogCheckup(Catalog catalog) {
        this.batches = catalog.batches();
        this.ledger = catalog.ledger();
        for (var sum : ledger.sums(Ledger.Grouping.BATCH)) {
            charged.computeIfAbsent(sum.group(), _ -> new ArrayList<>()).add(sum.tally());
        }
    }

    Optional<Batch> row(BatchId id) {
        return batches.find(id);
    }

    List<BatchId> rows() {
        return batches.ids();
    }

    List<Finding> compare(BatchReport report) {
        var findings = new ArrayList<Finding>();
        report.batch()
                .ifPresent(batch -> {
                    compareRow(batch).ifPresent(findings::add);
                    compareLedger(batch, report.usage()).ifPresent(findings::add);
                });
        return findings;
    }

    private Optional<Finding> compareRow(Batch batch) {
        var row = row(batch.id());
        if (row.isEmpty()) {
            return Optional.of(
                    Finding.atStart(FILE, "has no row of it", "added, as batch.json has it"));
        }
        if (isSame(row.get(), batch)) {
            return Optional.empty();
        }
        boolean isBehind = isBehind(row.get(), batch);
        return Optional.of(
                isBehind
                        ? Finding.atStart(
                                FILE, "does not say yet how far it is", "brought up to date")
                        : Finding.repairable(
                                FILE,
                                "says otherwise than batch.json",
                                "written again as batch.json has it"));
    }

    /** Of a batch that runs the row does not count. */
    private static boolean isSame(Batch row, Batch batch) {
        return row.header().equals(batch.header())
                && row.state().equals(batch.state())
                && (!batch.isOver() || row.counts().equals(batch.counts()));
    }

    /** The record is written before the row. */
    private static boolean isBehind(Batch row, Batch batch) {
        boolean isEarlier =
                switch (row.state()) {
                    case BatchState.InProgress _ -> true;
                    case BatchState.Canceling _ -> batch.isOver();
                    case BatchState.Ended _ -> batch.archivedAt() != null;
                    case BatchState.Archived _ -> false;
                };
        return isEarlier && row.header().equals(batch.header());
    }

    private Optional<Finding> compareLedger(Batch batch, List<Tally> usage) {
        if (!(batch.state() instanceof BatchState.Ended)) {
            return Optional.empty();
        }
        var entered = charged.getOrDefault(batch.id().value(), List.of());
        if (entered.isEmpty() && !usage.isEmpty()) {
            boolean rowSaysEnded = row(batch.id()).map(Batch::isOver).orElse(false);
            var problem = "has not entered its usage in the ledger";
            return Optional.of(
                    rowSaysEnded
                            ? Finding.repairable(FILE, problem, "entered, from results.index")
                            : Finding.atStart(FILE, problem, "entered, from results.index"));
        }
        var charges = total(entered);
        var used = total(usage);
        return charges.equals(used)
                ? Optional.empty()
                : Optional.of(
                        Finding.byHand(
                                FILE,
                                "has entered %d tokens for it, its results have %d"
                                        .formatted(tokens(charges), tokens(used)),
                                "nothing in the ledger is ever changed; keep it in mind when you read ./nightmail usage"));
    }

    private static Usage total(List<Tally> tallies) {
        return tallies.stream().map(Tally::usage).reduce(Usage.NONE, Usage::plus);
    }

    private static long tokens(Usage usage) {
        return usage.promptTokens() + usage.output();
    }

    /** Makes the catalog say what the folder of the batch says. */
    void repair(BatchReport report) {
        if (report.batch().isEmpty()) {
            return;
        }
        var batch = report.batch().get();
        if (batch.state() instanceof BatchState.Ended(var endedAt, var _)) {
            // A batch that has entries already keeps them.
            ledger.insert(LedgerEntry.of(batch.header(), endedAt, report.usage()));
        }
        var row = row(batch.id());
        if (row.isPresent() && row.get().header().equals(batch.header())) {
            batches.update(batch);
        } else {
            batches.delete(batch.id());
            // Refused if another batch has its idempotency key: which of them goes, a start
            // decides.
            batches.insert(batch);
        }
    }

    void deleteRow(BatchId id) {
        batches.delete(id);
    }
}
