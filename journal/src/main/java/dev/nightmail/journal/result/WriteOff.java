package dev.nightmail.journal.result;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.Crc;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.request.FileRequestLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes errored results of answers that are lost, in a log whose index is whole.
 *
 * <p>First what is left of the old lines is set aside, then the new lines are written, then the
 * records that speak of them; each is durable before the next begins. A crash in between leaves
 * records that still tell of damage, and all of it is done again.
 */
final class WriteOff {

    private static final Logger LOG = LoggerFactory.getLogger(WriteOff.class);

    private final Disk disk;
    private final BatchId batch;
    private final FileRequestLog requests;
    private final ResultPaths paths;

    WriteOff(Disk disk, BatchId batch, FileRequestLog requests, ResultPaths paths) {
        this.disk = disk;
        this.batch = batch;
        this.requests = requests;
        this.paths = paths;
    }

    /**
     * @return how many were written off; others have a line that is too short for it, or a request
     *     that cannot be read
     */
    int of(List<ResultEntry> lost) throws IOException {
        setAside(lost);
        var replaced = writeLines(lost);
        writeRecords(replaced);
        disk.forceFolder(paths.folder());
        LOG.warn("event=results_written_off batch_id={} results={}", batch, replaced.size());
        return replaced.size();
    }

    private void setAside(List<ResultEntry> lost) throws IOException {
        try (var log = disk.openToRead(paths.log());
                var kept = disk.openToWrite(paths.damaged())) {
            for (var entry : lost) {
                var bytes = ByteBuffer.allocate(entry.line().length());
                log.read(bytes, entry.line().offset());
                kept.write(bytes.flip(), kept.length());
            }
            kept.force();
        }
    }

    /** The lines that stand for the lost ones: in their place, or at the end if they had none. */
    private Map<Integer, ResultEntry> writeLines(List<ResultEntry> lost) throws IOException {
        var replaced = new LinkedHashMap<Integer, ResultEntry>();
        try (var log = disk.openToWrite(paths.log())) {
            for (var entry : lost) {
                var bytes =
                        customId(entry.number())
                                .flatMap(id -> ResultLine.writtenOff(id, entry.line().length()));
                if (bytes.isPresent() && entry.line().end() <= log.length()) {
                    long offset = entry.isLost() ? log.length() : entry.line().offset();
                    log.write(ByteBuffer.wrap(bytes.get()), offset);
                    replaced.put(entry.number(), entry.writtenOff(line(offset, bytes.get())));
                }
            }
            log.force();
        }
        return replaced;
    }

    private Optional<CustomId> customId(int number) {
        try {
            return Optional.of(requests.read(number).customId());
        } catch (JournalException e) {
            return Optional.empty();
        }
    }

    private static Line line(long offset, byte[] bytes) {
        return new Line(offset, bytes.length, Crc.of(bytes, 0, bytes.length));
    }

    private void writeRecords(Map<Integer, ResultEntry> replaced) throws IOException {
        try (var index = disk.openToWrite(paths.index())) {
            var positions = positions(index);
            for (var entry : replaced.values()) {
                index.write(ResultIndex.encode(List.of(entry)), positions[entry.number()]);
            }
            index.force();
        }
    }

    /** Where the record of each request's result lies; 0 where there is none. */
    private long[] positions(DiskFile index) throws IOException {
        var positions = new long[requests.size()];
        var loaded = ResultIndex.load(index, index.length(), requests.size());
        if (!loaded.isWhole()) {
            throw new IOException("results.index is damaged itself and has to be repaired first");
        }
        int at = 0;
        for (var entry : loaded.entries()) {
            positions[entry.number()] = ResultIndex.FORMAT.position(at++);
        }
        return positions;
    }
}
