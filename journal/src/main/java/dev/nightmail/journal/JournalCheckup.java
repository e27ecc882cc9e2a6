package dev.nightmail.journal;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.LocalDisk;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.relay.RelayCheckup;
import dev.nightmail.journal.result.ResultCheckup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks through the journal of a data folder that no server uses, byte by byte, and puts right what
 * can be proven. Examining changes nothing. Methods throw {@link JournalException} when storage
 * fails, and when a newer program wrote what they are to read.
 */
public final class JournalCheckup {

    private final Disk disk;
    private final Path data;

    JournalCheckup(Disk disk, Path data) {
        this.disk = disk;
        this.data = data;
    }

    public static JournalCheckup of(Path data) {
        return new JournalCheckup(new LocalDisk(), data);
    }

    /**
     * What was found in the folder of one batch.
     *
     * @param batch as recorded, or as it will be; empty if nobody can tell
     * @param results how many there are
     * @param lost how many of them can only be written off
     * @param usage folded over the results
     */
    public record BatchReport(
            BatchId id,
            Optional<Batch> batch,
            List<Finding> findings,
            int results,
            int lost,
            List<Tally> usage) {
        public BatchReport {
            findings = List.copyOf(findings);
            usage = List.copyOf(usage);
        }

        boolean isRepairable(String... files) {
            return findings.stream()
                    .anyMatch(finding ->
                            finding.isRepairable() && List.of(files).contains(finding.file()));
        }
    }

    /** What is wrong with the folder itself. */
    public List<Finding> examineFolder() {
        var findings = new ArrayList<Finding>();
        try {
            var mark = DataFolderFormat.find(disk, data);
            switch (mark) {
                case DataFolderFormat.Found.Absent _, DataFolderFormat.Found.Known _ -> {}
                case DataFolderFormat.Found.Newer _ -> DataFolderFormat.require(data, mark);
                case DataFolderFormat.Found.Damaged _ ->
                        findings.add(
                                Finding.repairable(
                                        DataFolderFormat.FILE,
                                        "is damaged",
                                        "written again: every file below has the format that this Nightmail writes"));
            }
            if (disk.exists(incoming())) {
                for (var leftover : disk.list(incoming())) {
                    findings.add(
                            Finding.atStart(
                                    "incoming/" + leftover,
                                    "is left of a batch that was being taken in or deleted",
                                    "removed"));
                }
            }
            findings.addAll(new RelayCheckup(disk, data).examine());
            return findings;
        } catch (IOException e) {
            throw new JournalException("cannot read %s: %s".formatted(data, e), e);
        }
    }

    private Path incoming() {
        return data.resolve("incoming");
    }

    private Path batchFolders() {
        return data.resolve("batches");
    }

    private BatchFolder folder(BatchId id) {
        return new BatchFolder(id, batchFolders().resolve(id.value()));
    }

    public List<BatchId> batches() {
        try {
            return disk.exists(batchFolders())
                    ? disk.list(batchFolders()).stream()
                            .flatMap(name -> BatchId.parse(name).stream())
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new JournalException("cannot list %s: %s".formatted(batchFolders(), e), e);
        }
    }

    /**
     * @param cataloged what the catalog says of the batch: from it a record that is lost is made
     *     again. Nobody was told more of the batch's state than the catalog holds
     */
    public BatchReport examine(BatchId id, Optional<Batch> cataloged) {
        try {
            if (isLink(id)) {
                return new BatchReport(
                        id,
                        Optional.empty(),
                        List.of(
                                Finding.byHand(
                                        "batches/" + id,
                                        "is a link, which is not followed",
                                        "put the folder itself in its place, or remove the link")),
                        0,
                        0,
                        List.of());
            }
            return new BatchCheckup(disk, data, folder(id), cataloged).examine();
        } catch (IOException e) {
            throw failed("examine", id, e);
        }
    }

    /** Repairs what {@link #examineFolder} found to be repairable. */
    public void repairFolder() {
        try {
            if (DataFolderFormat.find(disk, data) instanceof DataFolderFormat.Found.Damaged) {
                DataFolderFormat.mark(disk, data);
            }
            new RelayCheckup(disk, data).repair();
        } catch (IOException e) {
            throw new JournalException("cannot repair %s: %s".formatted(data, e), e);
        }
        // Opening it does all else.
        FileJournal.open(disk, data);
    }

    /** Repairs what {@link #examine} found to be repairable. */
    public void repair(BatchId id, Optional<Batch> cataloged) {
        try {
            if (!isLink(id)) {
                new BatchCheckup(disk, data, folder(id), cataloged).repair();
            }
        } catch (IOException e) {
            throw failed("repair", id, e);
        }
    }

    /** What is behind it is not ours to read, and even less to repair. */
    private boolean isLink(BatchId id) throws IOException {
        return disk.isLink(folder(id).path());
    }

    /**
     * Makes errored results of those that are lost, in a batch that is sound otherwise: see {@link
     * ResultCheckup#writeOff}.
     *
     * @return how many
     */
    public int writeOff(BatchId id) {
        try {
            return new BatchCheckup(disk, data, folder(id), Optional.empty()).writeOff();
        } catch (IOException e) {
            throw failed("write off results", id, e);
        }
    }

    private static JournalException failed(String what, BatchId id, IOException cause) {
        return new JournalException(
                "cannot %s of batch %s: %s".formatted(what, id, cause.getMessage()), cause);
    }
}
