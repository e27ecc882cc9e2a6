package dev.nightmail.journal;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.record.BatchRecord;
import dev.nightmail.journal.request.RequestLogWriter;
import dev.nightmail.journal.result.ResultFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch being taken in, in a folder of its own under {@code incoming/}.
 *
 * <p>Committing flushes every file, then the folder that names them, then renames the folder into
 * {@code batches/} and flushes that. A crash before the rename leaves a folder that the next start
 * removes; after it, a whole batch.
 */
final class FileBatchDraft implements BatchDraft {

    private static final Logger LOG = LoggerFactory.getLogger(FileBatchDraft.class);

    private final Disk disk;
    private final BatchFolder folder;
    private final Path batches;
    private final RequestLogWriter requests;
    private boolean committed;

    private FileBatchDraft(Disk disk, BatchFolder folder, Path batches, RequestLogWriter requests) {
        this.disk = disk;
        this.folder = folder;
        this.batches = batches;
        this.requests = requests;
    }

    /**
     * @param batches where the folder moves to once it is committed
     * @param executor on which requests are written while others are added
     */
    static FileBatchDraft begin(Disk disk, BatchFolder folder, Path batches, Executor executor)
            throws IOException {
        try {
            disk.createFolders(folder.path());
            var requests =
                    RequestLogWriter.create(
                            disk, folder.requests(), folder.requestIndex(), executor);
            return new FileBatchDraft(disk, folder, batches, requests);
        } catch (IOException | RuntimeException e) {
            disk.deleteAll(folder.path());
            throw e;
        }
    }

    @Override
    public BatchId id() {
        return folder.id();
    }

    @Override
    public void add(
            CustomId customId, RequestSummary summary, byte[] params, int offset, int length) {
        try {
            requests.add(customId, summary, params, offset, length);
        } catch (IOException e) {
            throw failed("store request %d".formatted(requests.size()), e);
        }
    }

    @Override
    public int size() {
        return requests.size();
    }

    @Override
    public List<String> models() {
        return requests.models();
    }

    @Override
    public void commit(BatchHeader header) {
        if (header.requestCount() != size() || !header.models().equals(models())) {
            throw new IllegalStateException("this header is not that of draft " + id());
        }
        try {
            requests.force();
            ResultFiles.create(disk, folder.results());
            try (var file = disk.openToWrite(folder.record())) {
                file.write(ByteBuffer.wrap(BatchRecord.write(Batch.accepted(header))), 0);
                file.force();
            }
            disk.forceFolder(folder.path());
            moveIntoPlace(batches.resolve(header.id().value()));
        } catch (IOException e) {
            throw failed("commit", e);
        }
    }

    private void moveIntoPlace(Path target) throws IOException {
        if (disk.exists(target)) {
            throw new IllegalStateException("there is a batch at " + target + " already");
        }
        disk.rename(folder.path(), target);
        try {
            disk.forceFolder(batches);
        } catch (IOException e) {
            // The client will be told that it failed, so it must not run after all.
            disk.rename(target, folder.path());
            throw e;
        }
        committed = true;
    }

    private JournalException failed(String what, IOException cause) {
        return new JournalException(
                "cannot %s of batch %s: %s".formatted(what, id(), cause.getMessage()), cause);
    }

    @Override
    public void close() {
        try {
            try {
                requests.close();
            } finally {
                if (!committed) {
                    disk.deleteAll(folder.path());
                }
            }
        } catch (IOException e) {
            // The next start empties the folder of drafts.
            LOG.warn("event=draft_not_removed batch_id={} cause=\"{}\"", id(), e.getMessage());
        }
    }
}
