package dev.nightmail.journal.result;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.result.Result.Canceled;
import dev.nightmail.core.result.Result.Errored;
import dev.nightmail.core.result.Result.Expired;
import dev.nightmail.core.result.Result.Succeeded;
import dev.nightmail.core.result.ResultLog;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.format.LineWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The result log of one batch: {@code results.jsonl} and {@code results.index}.
 *
 * <p>A group is appended in three steps: its lines are written; they are flushed to stable storage;
 * its records are appended to the index, which is not flushed before the log is closed. So an index
 * record only ever speaks of a line that is durable, and one flush is all a group costs. A crash
 *
 * <ul>
 *   <li>before the flush leaves some, all or none of the lines, perhaps torn;
 *   <li>after the flush leaves all lines, and some, all or none of the records.
 * </ul>
 *
 * {@link ResultScan} tells the cases apart and {@link ResultRecovery} mends them.
 *
 * <p>A write or flush that fails makes the log refuse everything after it: what is on the disk is
 * unknown then, and a second flush that succeeds would prove nothing about the first.
 */
public final class FileResultLog implements ResultLog {

    private static final Logger LOG = LoggerFactory.getLogger(FileResultLog.class);

    /** Small, since every running batch has one. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private final BatchId batch;
    private final int requests;
    private final BitSet settled;
    private final DiskFile log;
    private final DiskFile index;
    private volatile Extent durable;
    private boolean indexGrew;
    private boolean indexInDoubt;
    private boolean broken;

    /** How far both files can be trusted, in bytes. */
    public record Extent(long log, long index) {}

    FileResultLog(
            BatchId batch,
            int requests,
            BitSet settled,
            DiskFile log,
            long logLength,
            DiskFile index,
            long indexLength) {
        this.batch = batch;
        this.requests = requests;
        this.settled = settled;
        this.log = log;
        this.index = index;
        this.durable = new Extent(logLength, indexLength);
    }

    @Override
    public long append(List<SettledRequest> results) {
        if (broken) {
            throw new JournalException(
                    "the result log of batch %s failed before and takes nothing until it is opened again"
                            .formatted(batch));
        }
        checkUnsettled(results);
        try {
            requireInPlace();
            // Not kept from group to group: thousands of batches may wait at the same time.
            var lines = new LineWriter(log, durable.log(), BUFFER_BYTES);
            var entries = writeLines(results, lines);
            log.force();
            indexGrew = true;
            index.write(ResultIndex.encode(entries), durable.index());
            durable = new Extent(lines.length(), durable.index() + recordBytes(entries.size()));
        } catch (IOException | RuntimeException e) {
            broken = true;
            throw new JournalException(
                    "cannot append %d results to batch %s: %s"
                            .formatted(results.size(), batch, e.getMessage()),
                    e);
        }
        for (var result : results) {
            settled.set(result.number());
        }
        return durable.log();
    }

    /** What is written to a file that was removed is not stored, whatever the disk says. */
    private void requireInPlace() throws IOException {
        if (!log.isInPlace() || !index.isInPlace()) {
            throw new IOException("results.jsonl or results.index was removed or replaced");
        }
    }

    private void checkUnsettled(List<SettledRequest> results) {
        if (results.isEmpty()) {
            throw new IllegalArgumentException("a group has at least one result");
        }
        var group = new BitSet();
        for (var result : results) {
            int number = result.number();
            if (number < 0 || number >= requests) {
                throw new IllegalStateException(
                        "batch %s has no request %d".formatted(batch, number));
            }
            if (settled.get(number) || group.get(number)) {
                throw new IllegalStateException(
                        "request %d of batch %s is settled already".formatted(number, batch));
            }
            group.set(number);
        }
    }

    private List<ResultEntry> writeLines(List<SettledRequest> results, LineWriter lines)
            throws IOException {
        var entries = new ArrayList<ResultEntry>(results.size());
        for (var result : results) {
            entries.add(entry(result, ResultLine.write(result, lines)));
        }
        lines.flush();
        return entries;
    }

    private static ResultEntry entry(SettledRequest settled, Line line) {
        var at = settled.settledAt().truncatedTo(ChronoUnit.MICROS);
        return switch (settled.result()) {
            case Succeeded(var _, var usage, var billing) ->
                    ResultEntry.succeeded(settled.number(), line, at, usage, billing);
            case Errored(var _, var charge) ->
                    ResultEntry.errored(settled.number(), line, at, charge);
            case Canceled _, Expired _ ->
                    ResultEntry.unanswered(settled.number(), line, settled.result().type(), at);
        };
    }

    private static long recordBytes(int records) {
        return (long) records * ResultIndex.FORMAT.recordBytes();
    }

    /**
     * Brings the index to stable storage. That is due before the batch is said to be over: from
     * then on nobody opens the log any more, and so nobody would mend the index.
     */
    public void forceIndex() throws IOException {
        if (indexInDoubt) {
            rewriteIndex();
        }
        try {
            index.force();
        } catch (IOException e) {
            indexInDoubt = true;
            throw e;
        }
    }

    /**
     * Whether a flush of the index has failed: pages that never reached the disk may be marked as
     * if they had, and may have left the cache. Recovery tells whether it is still whole.
     */
    public boolean isIndexInDoubt() {
        return indexInDoubt;
    }

    private void rewriteIndex() throws IOException {
        var block = ByteBuffer.allocate(BUFFER_BYTES);
        for (long at = 0; at < durable.index(); at += block.limit()) {
            if (index.read(block.clear(), at) == 0) {
                throw new IOException("results.index is shorter than what was written to it");
            }
            index.write(block.flip(), at);
        }
    }

    /** How far both files can be trusted. For any thread. */
    public Extent durable() {
        return durable;
    }

    @Override
    public void close() {
        try (log;
                index) {
            if (indexGrew && !broken) {
                index.force();
            }
        } catch (IOException e) {
            // Every result is durable in the log, from which the index can be rebuilt.
            LOG.warn(
                    "event=result_index_not_flushed batch_id={} cause=\"{}\"",
                    batch,
                    e.getMessage());
        }
    }
}
