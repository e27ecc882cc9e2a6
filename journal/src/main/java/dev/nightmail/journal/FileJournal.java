package dev.nightmail.journal;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.DamagedResultsException;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.journal.MissingFilesException;
import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.core.retention.ClockState;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.LocalDisk;
import dev.nightmail.journal.record.BatchRecord;
import dev.nightmail.journal.record.BatchRecordReader;
import dev.nightmail.journal.request.AttemptFile;
import dev.nightmail.journal.request.FileRequestLog;
import dev.nightmail.journal.request.RequestIndex;
import dev.nightmail.journal.result.ResultFiles;
import dev.nightmail.journal.result.ResultRecovery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in a data folder:
 *
 * <pre>
 * nightmail.json              {@link DataFolderFormat}
 * clock.json                  {@link ClockFile}
 * incoming/msgbatch_01…/      batches being taken in or being deleted; emptied at every start
 * batches/msgbatch_01…/
 *   batch.json                {@link BatchRecord}
 *   requests.jsonl            {"custom_id":…,"params":…} and a line feed each, in the order sent
 *   requests.index            {@link RequestIndex}
 *   requests.attempts         {@link AttemptFile}
 *   results.jsonl             what /results serves, in the order settled
 *   results.index             which request each result belongs to, its usage and the terms of it, its
 *                             checksum
 * </pre>
 *
 * One process at a time: {@link DataFolderLock}.
 */
public final class FileJournal implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);

    private final Disk disk;
    private final Executor executor;
    private final ClockFile clockFile;
    private final Path incoming;
    private final Path batches;
    private final Map<BatchId, OpenFiles> open = new ConcurrentHashMap<>();
    private final Set<BatchId> intact = ConcurrentHashMap.newKeySet();

    private FileJournal(Disk disk, Path data, Executor executor) {
        this.disk = disk;
        this.executor = executor;
        this.clockFile = new ClockFile(disk, data);
        this.incoming = data.resolve("incoming");
        this.batches = data.resolve("batches");
    }

    /**
     * Opens the journal in a data folder, which is made if need be, and removes what was being
     * taken in when the last process ended.
     *
     * @throws JournalException if the folder cannot be used
     */
    public static FileJournal open(Path data) {
        var threads = Thread.ofVirtual().name("nightmail-draft-", 0).factory();
        return open(new LocalDisk(), data, work -> threads.newThread(work).start());
    }

    /** As {@link #open(Path)}, on another disk, with everything in the calling thread. */
    public static FileJournal open(Disk disk, Path data) {
        return open(disk, data, Runnable::run);
    }

    private static FileJournal open(Disk disk, Path data, Executor executor) {
        var journal = new FileJournal(disk, data, executor);
        try {
            disk.createFolders(data);
            DataFolderFormat.claim(disk, data);
            if (disk.isLink(journal.incoming)) {
                // It is emptied at every start, and what a link leads to is not ours to empty.
                LOG.warn("event=link_removed path={}", journal.incoming);
                disk.delete(journal.incoming);
            }
            requireNoLink(disk, journal.batches);
            disk.createFolders(journal.incoming);
            disk.createFolders(journal.batches);
            disk.forceFolder(data);
            // A process killed between a rename and its flush leaves a batch that is there but not
            // durable. From here on it counts as accepted.
            disk.forceFolder(journal.batches);
            for (var leftover : disk.list(journal.incoming)) {
                disk.deleteAll(journal.incoming.resolve(leftover));
            }
        } catch (IOException e) {
            throw new JournalException("cannot use data folder %s: %s".formatted(data, e), e);
        }
        return journal;
    }

    private static void requireNoLink(Disk disk, Path path) throws IOException {
        if (disk.isLink(path)) {
            throw new IOException(
                    path
                            + " is a link, which is not followed: put back what it stands for, or make the whole data folder a link");
        }
    }

    @Override
    public BatchDraft draft(BatchId id) {
        try {
            if (disk.exists(folder(id).path())) {
                throw new IllegalStateException("there is a batch " + id + " already");
            }
            return FileBatchDraft.begin(disk, incomingFolder(id), batches, executor);
        } catch (IOException e) {
            throw failed("begin", id, e);
        }
    }

    private BatchFolder folder(BatchId id) {
        return new BatchFolder(id, batches.resolve(id.value()));
    }

    private BatchFolder incomingFolder(BatchId id) {
        return new BatchFolder(id, incoming.resolve(id.value()));
    }

    @Override
    public List<BatchId> batches() {
        try {
            var ids = new ArrayList<BatchId>();
            for (var name : disk.list(batches)) {
                BatchId.parse(name)
                        .ifPresentOrElse(
                                ids::add,
                                () -> LOG.warn("event=stray_in_batches_ignored name={}", name));
            }
            return ids;
        } catch (IOException e) {
            throw new JournalException("cannot list %s: %s".formatted(batches, e), e);
        }
    }

    @Override
    public Optional<Batch> find(BatchId id) {
        var folder = folder(id);
        try {
            if (disk.exists(folder.path())) {
                requireNoLink(disk, folder.path());
                return Optional.of(read(folder));
            }
            requireBatches();
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read batch.json", id, e);
        }
    }

    /** Without it nothing can be said of any batch, least of all that it is not there. */
    private void requireBatches() throws IOException {
        if (!disk.isFolder(batches)) {
            throw new IOException(batches + " is missing: is a disk not mounted?");
        }
    }

    private Batch read(BatchFolder folder) throws IOException {
        try (var file = disk.openToRead(folder.record())) {
            var bytes = ByteBuffer.allocate(Math.toIntExact(file.length()));
            file.read(bytes, 0);
            return BatchRecordReader.read(bytes.array());
        }
    }

    @Override
    public void record(Batch batch) {
        var folder = folder(batch.id());
        var files = open.get(batch.id());
        try {
            requireNoLink(disk, folder.path());
            if (batch.isOver() && files != null) {
                forceIndex(folder, files);
            }
            disk.replace(folder.record(), folder.newRecord(), BatchRecord.write(batch));
        } catch (IOException e) {
            throw failed("record the state", batch.id(), e);
        }
    }

    private void forceIndex(BatchFolder folder, OpenFiles files) throws IOException {
        files.resultFile().forceIndex();
        if (files.resultFile().isIndexInDoubt()) {
            // What it has lost is written anew from the lines.
            new ResultRecovery(disk, folder.id(), files.requestFile(), folder.results())
                    .recover()
                    .log()
                    .close();
        }
    }

    @Override
    public OpenBatch open(BatchId id) {
        if (open.containsKey(id)) {
            throw new IllegalStateException("batch " + id + " is open already");
        }
        var batch = require(id);
        var folder = folder(id);
        try {
            // The record just read may have been renamed into place and not flushed.
            disk.forceFolder(folder.path());
            var requests = requests(batch);
            try {
                var recovered = new ResultRecovery(disk, id, requests, folder.results()).recover();
                var files =
                        new OpenFiles(
                                requests,
                                recovered.log(),
                                recovered.settled(),
                                AttemptFile.open(
                                        disk, folder.attempts(), id, batch.header().requestCount()),
                                () -> open.remove(id));
                open.put(id, files);
                return files;
            } catch (IOException | RuntimeException e) {
                requests.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed("open", id, e);
        }
    }

    private Batch require(BatchId id) {
        return find(id).orElseThrow(() -> new JournalException("there is no batch " + id));
    }

    private FileRequestLog requests(Batch batch) throws IOException {
        return requests(disk, folder(batch.id()), batch.header());
    }

    static FileRequestLog requests(Disk disk, BatchFolder folder, BatchHeader header)
            throws IOException {
        try (var index = disk.openToRead(folder.requestIndex())) {
            return new FileRequestLog(
                    folder.id(),
                    disk.openToRead(folder.requests()),
                    RequestIndex.load(index, header.requestCount()));
        }
    }

    @Override
    public List<String> damages(BatchId id) {
        var folder = folder(id);
        var files = open.get(id);
        int requests = require(id).header().requestCount();
        try {
            long indexLength =
                    files == null ? Long.MAX_VALUE : files.resultFile().durable().index();
            return ResultFiles.damages(disk, id, folder.results(), indexLength, requests);
        } catch (IOException e) {
            throw failed("check the results", id, e);
        }
    }

    @Override
    public List<Tally> usage(BatchId id) {
        var batch = require(id);
        var header = batch.header();
        var folder = folder(id);
        var files = open.get(id);
        try {
            if (files != null) {
                return ResultFiles.usage(
                        disk, header, files.requestFile(), files.resultFile(), folder.results());
            }
            try (var requests = requests(batch)) {
                return ResultFiles.usage(disk, header, requests, folder.results());
            }
        } catch (IOException e) {
            throw failed("sum up the usage", id, e);
        }
    }

    @Override
    public Optional<ResultFile> results(BatchId id) {
        var folder = folder(id);
        try {
            requireNoLink(disk, folder.path());
            if (!disk.exists(folder.results().log())) {
                requireArchived(folder);
                return Optional.empty();
            }
            return Optional.of(
                    new StoredResults(disk, folder.results().log(), durableLength(folder)));
        } catch (NoSuchFileException e) {
            // Deleted or archived since the look.
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read the results", id, e);
        }
    }

    private void requireArchived(BatchFolder folder) throws IOException {
        if (!disk.exists(folder.path())) {
            requireBatches();
            throw new MissingFilesException(folder.id(), "its folder");
        }
        if (!(read(folder).state() instanceof BatchState.Archived)) {
            throw new MissingFilesException(folder.id(), "results.jsonl");
        }
    }

    /** Of a batch that has ended every byte is durable; before, the log or its index knows. */
    private long durableLength(BatchFolder folder) throws IOException {
        var files = open.get(folder.id());
        if (files != null) {
            return files.resultFile().durable().log();
        }
        var batch = read(folder);
        if (!batch.isOver()) {
            return ResultFiles.durableLength(disk, folder.results(), batch.header().requestCount());
        }
        requireIntact(folder, batch.header());
        try (var log = disk.openToRead(folder.results().log())) {
            return log.length();
        }
    }

    /** Once in the life of a process: a wrong answer must not be served, and reading costs. */
    private void requireIntact(BatchFolder folder, BatchHeader header) throws IOException {
        if (intact.contains(folder.id())) {
            return;
        }
        int damaged = ResultFiles.damaged(disk, folder.results(), header.requestCount());
        if (damaged > 0) {
            throw new DamagedResultsException(folder.id(), damaged);
        }
        intact.add(folder.id());
    }

    @Override
    public void archive(BatchId id) {
        intact.remove(id);
        var folder = folder(id);
        try {
            requireNoLink(disk, folder.path());
            for (var file : folder.archivable()) {
                disk.delete(file);
            }
            disk.forceFolder(folder.path());
        } catch (IOException e) {
            throw failed("archive", id, e);
        }
    }

    /**
     * The rename makes all of it vanish at once; what a crash leaves of it the next start removes.
     */
    @Override
    public void delete(BatchId id) {
        intact.remove(id);
        var vanishing = incomingFolder(id).path();
        try {
            if (disk.exists(folder(id).path())) {
                disk.deleteAll(vanishing);
                disk.rename(folder(id).path(), vanishing);
            } else {
                requireBatches();
            }
            // Also if it was gone already: an earlier try may have failed just here.
            disk.forceFolder(batches);
            disk.deleteAll(vanishing);
        } catch (IOException e) {
            throw failed("delete", id, e);
        }
    }

    @Override
    public Optional<ClockState> clock() {
        try {
            return clockFile.read();
        } catch (IOException e) {
            throw new JournalException("cannot read the clock's file: " + e.getMessage(), e);
        }
    }

    @Override
    public void rememberClock(ClockState state) {
        try {
            clockFile.write(state);
        } catch (IOException e) {
            throw new JournalException("cannot write the clock's file: " + e.getMessage(), e);
        }
    }

    private static JournalException failed(String what, BatchId id, IOException cause) {
        return new JournalException(
                "cannot %s of batch %s: %s".formatted(what, id, cause.getMessage()), cause);
    }
}
