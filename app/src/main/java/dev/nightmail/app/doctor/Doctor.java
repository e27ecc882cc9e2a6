package dev.nightmail.app.doctor;

import dev.nightmail.app.doctor.Diagnosis.Found;
import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.journal.JournalCheckup;
import dev.nightmail.journal.JournalCheckup.BatchReport;
import dev.nightmail.journal.finding.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a data folder that its caller holds the lock of. Memory is that of the largest
 * batch's indexes, however many batches there are.
 */
public final class Doctor {

    private static final String BATCHES = "batches";

    private final Path data;
    private final JournalCheckup journal;

    public Doctor(Path data) {
        this.data = data;
        this.journal = JournalCheckup.of(data);
    }

    /** Changes nothing. */
    public Diagnosis examine() {
        var round = new Round();
        journal.examineFolder().forEach(finding -> round.add(null, finding));
        withCatalog(round, catalog -> examineBatches(round, catalog));
        return round.diagnosis();
    }

    /** What was found so far. */
    private static final class Round {
        private final List<Found> all = new ArrayList<>();
        private int batches;
        private long results;
        private int lost;

        void add(@Nullable BatchId batch, Finding finding) {
            all.add(new Found(batch, finding));
        }

        void add(BatchReport report) {
            report.findings().forEach(finding -> add(report.id(), finding));
            batches++;
            results += report.results();
            lost += report.lost();
        }

        Diagnosis diagnosis() {
            return new Diagnosis(all, batches, results, lost);
        }
    }

    /** The catalog, if it can be read; what is wrong with it is found on the way. */
    private void withCatalog(Round round, Consumer<Optional<CatalogCheckup>> work) {
        if (!Files.exists(catalogFile())) {
            if (!journal.batches().isEmpty()) {
                round.add(null, lostCatalog());
            }
            work.accept(Optional.empty());
            return;
        }
        try (var catalog = Catalog.open(catalogFile())) {
            var problems = catalog.problems();
            if (problems.isEmpty()) {
                work.accept(Optional.of(new CatalogCheckup(catalog)));
                return;
            }
            round.add(null, damagedCatalog(String.join("; ", problems)));
        } catch (CatalogException e) {
            round.add(null, damagedCatalog(String.valueOf(e.getMessage())));
        }
        work.accept(Optional.empty());
    }

    private Path catalogFile() {
        return data.resolve(CatalogCheckup.FILE);
    }

    private static Finding lostCatalog() {
        return Finding.repairable(
                CatalogCheckup.FILE,
                "is missing",
                "made anew from the batches. API keys, and the usage of batches that are archived or deleted, were only there: make new keys, without which the server does not start where there were some");
    }

    private static Finding damagedCatalog(String problem) {
        return Finding.byHand(
                CatalogCheckup.FILE,
                "cannot be used: " + problem,
                "if a newer Nightmail made it, start that one; if it is damaged, put it back from a backup, or move it away and --repair makes it anew, without API keys and the usage of deleted batches");
    }

    private void examineBatches(Round round, Optional<CatalogCheckup> catalog) {
        var ids = journal.batches();
        for (var id : ids) {
            var report = journal.examine(id, catalog.flatMap(known -> known.row(id)));
            round.add(report);
            catalog.ifPresent(
                    known -> known.compare(report).forEach(finding -> round.add(id, finding)));
        }
        catalog.ifPresent(known -> examineRows(round, known, ids));
    }

    private void examineRows(Round round, CatalogCheckup catalog, List<BatchId> folders) {
        var rows = catalog.rows();
        if (!rows.isEmpty() && !Files.isDirectory(data.resolve(BATCHES))) {
            round.add(
                    null,
                    Finding.byHand(
                            BATCHES,
                            "is missing, and catalog.db lists %d of its batches"
                                    .formatted(rows.size()),
                            "put it back: is a disk not mounted?"));
            return;
        }
        var withFolder = new HashSet<>(folders);
        for (var row : rows) {
            if (!withFolder.contains(row)) {
                round.add(
                        row,
                        Finding.atStart(
                                CatalogCheckup.FILE,
                                "has its row, and its folder is gone: it was being deleted",
                                "the row is deleted, too"));
            }
        }
    }

    /** Repairs what was found to be repairable; nothing, while all batches are out of sight. */
    public void repair(Diagnosis found) {
        if (found.all().stream().anyMatch(one -> one.finding().file().equals(BATCHES))) {
            return;
        }
        journal.repairFolder();
        var repairable = found.all().stream().filter(one -> one.finding().isRepairable()).toList();
        if (!canOpenCatalog(found)) {
            for (var id : batchesOf(repairable)) {
                journal.repair(id, Optional.empty());
            }
            return;
        }
        boolean isNew = !Files.exists(catalogFile());
        try (var catalog = Catalog.open(catalogFile())) {
            var checkup = new CatalogCheckup(catalog);
            for (var id : isNew ? journal.batches() : batchesOf(repairable)) {
                repair(checkup, id);
            }
        }
    }

    private static boolean canOpenCatalog(Diagnosis found) {
        return found.all().stream()
                .noneMatch(one ->
                        one.batch() == null
                                && one.finding().file().equals(CatalogCheckup.FILE)
                                && !one.finding().isRepairable());
    }

    private static List<BatchId> batchesOf(List<Found> found) {
        return found.stream()
                .flatMap(one -> Optional.ofNullable(one.batch()).stream())
                .distinct()
                .toList();
    }

    private void repair(CatalogCheckup catalog, BatchId id) {
        if (!journal.batches().contains(id)) {
            catalog.deleteRow(id);
            return;
        }
        var row = catalog.row(id);
        journal.repair(id, row);
        catalog.repair(journal.examine(id, row));
    }

    /**
     * Makes errored results of all that are lost, in a folder that is repaired as far as it can be.
     *
     * @return how many
     */
    public int writeOff() {
        int writtenOff = 0;
        try (var catalog = Catalog.open(catalogFile())) {
            var checkup = new CatalogCheckup(catalog);
            for (var id : journal.batches()) {
                var report = journal.examine(id, Optional.empty());
                if (report.lost() > 0) {
                    writtenOff += journal.writeOff(id);
                    checkup.repair(journal.examine(id, Optional.empty()));
                }
            }
        }
        return writtenOff;
    }
}
