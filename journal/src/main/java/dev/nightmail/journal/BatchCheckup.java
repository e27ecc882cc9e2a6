package dev.nightmail.journal;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.FileInMemory;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.record.BatchRecord;
import dev.nightmail.journal.record.BatchRecordReader;
import dev.nightmail.journal.request.FileRequestLog;
import dev.nightmail.journal.request.RequestCheckup;
import dev.nightmail.journal.result.ResultCheckup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One look at the folder of one batch. What is read of it rests on what was read before: the record
 * says how many requests there are, they say whose each result is.
 */
final class BatchCheckup {

    private static final String RECORD = "batch.json";

    private final Disk disk;
    private final Path data;
    private final BatchFolder folder;
    private final Optional<Batch> cataloged;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param data the data folder, for what repairing leaves to the journal itself
     * @param cataloged what the catalog says of the batch
     */
    BatchCheckup(Disk disk, Path data, BatchFolder folder, Optional<Batch> cataloged) {
        this.disk = disk;
        this.data = data;
        this.folder = folder;
        this.cataloged = cataloged;
    }

    JournalCheckup.BatchReport examine() throws IOException {
        var batch = batch();
        return batch.isEmpty() ? report(batch) : examine(batch.get());
    }

    private JournalCheckup.BatchReport report(Optional<Batch> batch) {
        return new JournalCheckup.BatchReport(folder.id(), batch, findings, 0, 0, List.of());
    }

    private JournalCheckup.BatchReport examine(Batch batch) throws IOException {
        if (batch.state() instanceof BatchState.Archived) {
            findLeftovers();
            return report(Optional.of(batch));
        }
        var requests = new RequestCheckup(disk, folder.path(), batch.header());
        findings.addAll(requests.examine());
        var index = requests.index();
        if (index.isEmpty()) {
            return report(Optional.of(batch));
        }
        try (var log = disk.openToRead(folder.requests());
                var open = new FileRequestLog(folder.id(), log, index.get())) {
            var results = new ResultCheckup(disk, batch, open, folder.results());
            findings.addAll(results.examine());
            return new JournalCheckup.BatchReport(
                    folder.id(),
                    Optional.of(batch),
                    findings,
                    results.results(),
                    results.lost(),
                    results.usage());
        }
    }

    private void findLeftovers() throws IOException {
        for (var file : folder.archivable()) {
            if (disk.exists(file)) {
                findings.add(
                        Finding.atStart(
                                String.valueOf(file.getFileName()),
                                "belongs to a batch that is archived",
                                "removed"));
            }
        }
    }

    /** The batch as its record has it, or will have it. */
    private Optional<Batch> batch() throws IOException {
        var record = FileInMemory.bytes(disk, folder.record());
        if (BatchRecord.isIntact(record)) {
            return intact(record);
        }
        var problem = record.length == 0 ? "is missing or empty" : "is damaged";
        var mended = BatchRecord.mend(record);
        if (mended.isPresent()) {
            findings.add(
                    Finding.repairable(
                            RECORD, problem, "one bit had flipped, and the checksum tells which"));
            return Optional.of(BatchRecordReader.read(mended.get()));
        }
        findings.add(
                cataloged.isPresent()
                        ? Finding.repairable(
                                RECORD, problem, "written again from its row in catalog.db")
                        : Finding.byHand(
                                RECORD,
                                problem + ", and catalog.db does not know the batch either",
                                "put it back from a backup, or move the folder of the batch away"));
        return cataloged;
    }

    private Optional<Batch> intact(byte[] record) throws IOException {
        try {
            var batch = BatchRecordReader.read(record);
            if (batch.id().equals(folder.id())) {
                return Optional.of(batch);
            }
            findings.add(
                    Finding.byHand(
                            RECORD,
                            "is that of batch " + batch.id(),
                            "give the folder the name of its batch"));
        } catch (IOException e) {
            // Its checksum is right, so it was written so: by a newer program.
            findings.add(
                    Finding.byHand(
                            RECORD,
                            String.valueOf(e.getMessage()),
                            "start the Nightmail that wrote it"));
        }
        return Optional.empty();
    }

    void repair() throws IOException {
        var found = examine();
        if (found.batch().isEmpty()) {
            return;
        }
        var batch = found.batch().get();
        var journal = FileJournal.open(disk, data);
        if (found.isRepairable(RECORD)) {
            journal.record(batch);
        }
        if (batch.state() instanceof BatchState.Archived) {
            journal.archive(batch.id());
            return;
        }
        if (found.isRepairable("requests.jsonl", "requests.index")) {
            var requests = new RequestCheckup(disk, folder.path(), batch.header());
            requests.examine();
            requests.repair();
        }
        if (found.isRepairable("results.jsonl", "results.index")) {
            repairResults(batch);
        }
    }

    private void repairResults(Batch batch) throws IOException {
        try (var requests = FileJournal.requests(disk, folder, batch.header())) {
            var results = new ResultCheckup(disk, batch, requests, folder.results());
            results.examine();
            results.repair();
        }
    }

    int writeOff() throws IOException {
        var batch = examine().batch().orElseThrow();
        try (var requests = FileJournal.requests(disk, folder, batch.header())) {
            var results = new ResultCheckup(disk, batch, requests, folder.results());
            results.examine();
            int writtenOff = results.writeOff();
            if (batch.isOver() && writtenOff > 0) {
                var after = new ResultCheckup(disk, batch, requests, folder.results());
                after.examine();
                FileJournal.open(disk, data)
                        .record(new Batch(batch.header(), batch.state(), after.counts()));
            }
            return writtenOff;
        }
    }
}
