package dev.nightmail.journal.result;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.MissingFilesException;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.Settled;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.RecordFormat;
import dev.nightmail.journal.request.FileRequestLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a result log after whatever happened to it. Mostly nothing did, which its index alone
 * tells. Otherwise each step may be cut off by a crash and is repeated by the next opening:
 *
 * <ol>
 *   <li>the torn end of the log is cut off;
 *   <li>adopted lines are written once more, over themselves, and flushed. A flush alone would not
 *       do: after one that failed, the system may take pages for clean that never reached the disk;
 *   <li>only then does the index speak of them: appended to if it is sound, else written anew
 *       beside it and renamed over it.
 * </ol>
 */
public final class ResultRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ResultRecovery.class);

    private final Disk disk;
    private final BatchId batch;
    private final FileRequestLog requests;
    private final ResultPaths paths;

    public ResultRecovery(Disk disk, BatchId batch, FileRequestLog requests, ResultPaths paths) {
        this.disk = disk;
        this.batch = batch;
        this.requests = requests;
        this.paths = paths;
    }

    /** A log ready to be appended to, and what was found in it. */
    public record Recovered(FileResultLog log, Settled settled) {}

    public Recovered recover() throws IOException {
        if (!disk.exists(paths.log())) {
            // It was made before the batch was accepted. An empty one in its place would hide that
            // somebody has removed what was paid for.
            throw new MissingFilesException(batch, paths.log().getFileName().toString());
        }
        var log = disk.openToWrite(paths.log());
        try {
            return recover(log);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private Recovered recover(DiskFile log) throws IOException {
        var index = disk.openToWrite(paths.index());
        try {
            var orderly = OrderlyIndex.read(index, log.length(), requests.size());
            if (orderly.isPresent()) {
                return recovered(log, index, orderly.get());
            }
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
        index.close();
        return mended(log);
    }

    private Recovered recovered(DiskFile log, DiskFile index, OrderlyIndex orderly)
            throws IOException {
        return new Recovered(
                new FileResultLog(
                        batch,
                        requests.size(),
                        orderly.requests(),
                        log,
                        log.length(),
                        index,
                        ResultIndex.FORMAT.position(orderly.size())),
                orderly.settled(requests.size()));
    }

    private Recovered mended(DiskFile log) throws IOException {
        long length = log.length();
        var found = scan(log);
        if (found.end() < length) {
            LOG.warn(
                    "event=result_log_cut batch_id={} from_bytes={} to_bytes={}",
                    batch,
                    length,
                    found.end());
            log.truncate(found.end());
            log.force();
        }
        if (!found.adopted().isEmpty()) {
            LOG.warn("event=results_adopted batch_id={} results={}", batch, found.adopted().size());
            rewrite(log, found.adopted());
            log.force();
        }
        for (var damage : found.damages()) {
            LOG.error("event=result_log_damaged batch_id={} detail=\"{}\"", batch, damage);
        }
        var entries = entries(found);
        var index = index(found, entries);
        return new Recovered(
                new FileResultLog(
                        batch,
                        requests.size(),
                        (BitSet) found.settled().clone(),
                        log,
                        found.end(),
                        index,
                        ResultIndex.FORMAT.position(entries.size())),
                settled(found, entries));
    }

    private ResultScan.Found scan(DiskFile log) throws IOException {
        try (var index = disk.openToWrite(paths.index())) {
            var loaded = ResultIndex.load(index, index.length(), requests.size());
            return new ResultScan(batch, requests, log, loaded, disk.lastModified(paths.log()))
                    .scan();
        }
    }

    private static void rewrite(DiskFile log, List<ResultEntry> entries) throws IOException {
        for (var entry : entries) {
            var line = ByteBuffer.allocate(entry.line().length());
            log.read(line, entry.line().offset());
            log.write(line.flip(), entry.line().offset());
        }
    }

    private static List<ResultEntry> entries(ResultScan.Found found) {
        var entries = new ArrayList<ResultEntry>(found.known().size() + found.adopted().size());
        entries.addAll(found.known());
        entries.addAll(found.adopted());
        if (!found.indexIsSound()) {
            entries.sort(Comparator.comparingLong(entry -> entry.line().offset()));
        }
        return entries;
    }

    /** The index, open to be appended to, speaking of exactly {@code entries}. */
    private DiskFile index(ResultScan.Found found, List<ResultEntry> entries) throws IOException {
        if (!found.indexIsSound()) {
            LOG.warn("event=result_index_rebuilt batch_id={} results={}", batch, entries.size());
            writeAnew(entries);
        }
        var index = disk.openToWrite(paths.index());
        try {
            if (found.indexIsSound()) {
                index.write(
                        ResultIndex.encode(found.adopted()),
                        ResultIndex.FORMAT.position(found.known().size()));
            }
            return index;
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private void writeAnew(List<ResultEntry> entries) throws IOException {
        disk.delete(paths.newIndex());
        try (var file = disk.openToWrite(paths.newIndex())) {
            file.write(ResultIndex.FORMAT.header(), 0);
            file.write(ResultIndex.encode(entries), RecordFormat.HEADER_BYTES);
            file.force();
        }
        disk.rename(paths.newIndex(), paths.index());
        disk.forceFolder(paths.folder());
    }

    private Settled settled(ResultScan.Found found, List<ResultEntry> entries) {
        var counts = RequestCounts.processing(requests.size());
        Instant last = null;
        for (var entry : entries) {
            counts = counts.settle(entry.type());
            if (last == null || entry.settledAt().isAfter(last)) {
                last = entry.settledAt();
            }
        }
        return new Settled(found.settled(), counts, last, found.damages());
    }
}
