package dev.nightmail.journal.result;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.request.FileRequestLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The two files of a result log that nobody has open. */
public final class ResultFiles {

    private ResultFiles() {}

    /** Makes them, without a result. The folder is left for the caller to flush. */
    public static void create(Disk disk, ResultPaths paths) throws IOException {
        try (var log = disk.openToWrite(paths.log());
                var index = disk.openToWrite(paths.index())) {
            log.force();
            index.write(ResultIndex.FORMAT.header(), 0);
            index.force();
        }
    }

    /** How much of the log is known to be durable: what the index vouches for. */
    public static long durableLength(Disk disk, ResultPaths paths, int requests)
            throws IOException {
        try (var log = disk.openToRead(paths.log());
                var index = disk.openToRead(paths.index())) {
            long durable = 0;
            for (var entry : ResultIndex.load(index, index.length(), requests).entries()) {
                durable = Math.max(durable, entry.line().end());
            }
            return Math.min(durable, log.length());
        }
    }

    /**
     * Holds every line that the index speaks of against its checksum. Reads only.
     *
     * @param indexLengthMax how much of the index to go by, if it is that long
     * @return what does not fit, in words for a person
     */
    public static List<String> damages(
            Disk disk, BatchId batch, ResultPaths paths, long indexLengthMax, int requests)
            throws IOException {
        return checked(disk, paths, indexLengthMax, requests).damaged().stream()
                .map(entry -> entry.describe(batch, "is damaged"))
                .toList();
    }

    /** How many results of a batch that has ended are not in the log as they were written. */
    public static int damaged(Disk disk, ResultPaths paths, int requests) throws IOException {
        return requests - checked(disk, paths, Long.MAX_VALUE, requests).intact().size();
    }

    /** The results whose lines are as they were written, and those whose lines are not. */
    private record Checked(List<ResultEntry> intact, List<ResultEntry> damaged) {}

    private static Checked checked(Disk disk, ResultPaths paths, long indexLengthMax, int requests)
            throws IOException {
        try (var log = disk.openToRead(paths.log());
                var index = disk.openToRead(paths.index())) {
            var lines = new LineChecker(log);
            var checked = new Checked(new ArrayList<>(), new ArrayList<>());
            long indexLength = Math.min(index.length(), indexLengthMax);
            for (var entry : ResultIndex.load(index, indexLength, requests).entries()) {
                if (!entry.isLost()) {
                    boolean intact = lines.isIntact(entry.line());
                    (intact ? checked.intact() : checked.damaged()).add(entry);
                }
            }
            return checked;
        }
    }

    /** What the batch has used, by tariff. Reads only. */
    public static List<Tally> usage(
            Disk disk, BatchHeader header, FileRequestLog requests, ResultPaths paths)
            throws IOException {
        try (var log = disk.openToRead(paths.log());
                var index = disk.openToRead(paths.index())) {
            var loaded = ResultIndex.load(index, index.length(), requests.size());
            var entries = new ArrayList<>(loaded.entries());
            if (!loaded.isWhole()) {
                var found =
                        new ResultScan(
                                        header.id(),
                                        requests,
                                        log,
                                        loaded,
                                        disk.lastModified(paths.log()))
                                .scan();
                entries = new ArrayList<>(found.known());
                entries.addAll(found.adopted());
            }
            return UsageFold.fold(entries, requests, header.models());
        }
    }

    /** What the batch has used so far, while its log is open. */
    public static List<Tally> usage(
            Disk disk,
            BatchHeader header,
            FileRequestLog requests,
            FileResultLog open,
            ResultPaths paths)
            throws IOException {
        try (var index = disk.openToRead(paths.index())) {
            var loaded = ResultIndex.load(index, open.durable().index(), requests.size());
            if (!loaded.isWhole()) {
                // A flush failed, and pages that had not reached the disk have left the cache.
                return usage(disk, header, requests, paths);
            }
            return UsageFold.fold(loaded.entries(), requests, header.models());
        }
    }
}
