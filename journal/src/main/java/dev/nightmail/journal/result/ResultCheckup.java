package dev.nightmail.journal.result;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.disk.FileInMemory;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.finding.Finding.LineAt;
import dev.nightmail.journal.format.BitMender;
import dev.nightmail.journal.format.Crc;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.format.LineReader;
import dev.nightmail.journal.request.FileRequestLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the results of a batch with their index and with what the batch says of itself.
 *
 * <ul>
 *   <li>A line with a record: every change of it is found. A single flipped bit is turned back, and
 *       a canceled or expired result, whose line can only be one, is written again; the checksum
 *       proves both. Any other answer is lost.
 *   <li>A record: every change of it is found. A single flipped bit is turned back; beyond that the
 *       line is adopted again, with its tokens, and without the time and the terms, which were only
 *       there.
 *   <li>A line without a record lies at the end of a log whose process was killed. It is adopted if
 *       it is whole and of our form, and cut off with all behind it if not. Nothing is left to
 *       compare its bytes with: a bit that flips there before the line is adopted, and leaves it of
 *       our form, <em>cannot</em> be told from what was written.
 * </ul>
 *
 * Examining changes nothing. One use, one thread.
 */
public final class ResultCheckup {

    private static final String LOG = "results.jsonl";
    private static final String INDEX = ResultIndexCheckup.FILE;

    private final Disk disk;
    private final Batch batch;
    private final FileRequestLog requests;
    private final ResultPaths paths;

    private final List<Finding> findings = new ArrayList<>();
    private final Map<Long, byte[]> logPatches = new TreeMap<>();
    private final Map<Long, byte[]> indexPatches = new TreeMap<>();
    private final List<ResultEntry> lost = new ArrayList<>();
    private final List<ResultEntry> folded = new ArrayList<>();
    private final BitSet settled = new BitSet();
    private RequestCounts counts;
    private long line;
    private int inGaps;
    private @Nullable Map<CustomId, Integer> numbers;

    public ResultCheckup(Disk disk, Batch batch, FileRequestLog requests, ResultPaths paths) {
        this.disk = disk;
        this.batch = batch;
        this.requests = requests;
        this.paths = paths;
        this.counts = RequestCounts.processing(requests.size());
    }

    public List<Finding> examine() throws IOException {
        var index = loadIndex();
        if (!disk.exists(paths.log())) {
            findings.add(
                    Finding.byHand(
                            LOG,
                            "is missing; the index knows of %d results in it"
                                    .formatted(index.entries().size()),
                            "put it back from a backup, or delete the batch"));
            return findings;
        }
        try (var log = disk.openToRead(paths.log())) {
            walk(log, index);
        }
        compareCounts();
        return findings;
    }

    /** How many results there are. */
    public int results() {
        return settled.cardinality();
    }

    /** How many of them are lost, and can only be written off. */
    public int lost() {
        return lost.size();
    }

    /** What they used, by tariff. */
    public List<Tally> usage() {
        return UsageFold.fold(folded, requests, batch.header().models());
    }

    /** The counts as the log has them. */
    public RequestCounts counts() {
        return counts;
    }

    private ResultIndex loadIndex() throws IOException {
        var checkup =
                new ResultIndexCheckup(FileInMemory.bytes(disk, paths.index()), batch.isOver());
        var index = checkup.examine(requests.size());
        findings.addAll(checkup.findings());
        indexPatches.putAll(checkup.patches());
        return index;
    }

    private void walk(DiskFile log, ResultIndex index) throws IOException {
        long length = log.length();
        long position = 0;
        var inOrder = new ArrayList<>(index.entries());
        inOrder.sort(Comparator.comparingLong(entry -> entry.line().offset()));
        for (var entry : inOrder) {
            if (settled.get(entry.number())) {
                findings.add(
                        Finding.repairable(
                                INDEX,
                                "knows two results of request " + entry.number(),
                                "the second is left out"));
                continue;
            }
            settle(entry);
            if (entry.isLost() || entry.line().end() > length) {
                lose(entry, "was cut off with the end of the file", length);
                continue;
            }
            walkGap(log, position, entry.line().offset());
            line++;
            check(log, entry);
            position = Math.max(position, entry.line().end());
        }
        tellOfGaps();
        walkTail(log, index.hasHeader(), position, length);
    }

    private void settle(ResultEntry entry) {
        settled.set(entry.number());
        counts = counts.settle(entry.type());
        folded.add(entry);
    }

    private void lose(ResultEntry entry, String what, long offset) {
        lost.add(entry);
        findings.add(
                Finding.byHand(
                                LOG,
                                "the result of request %d %s".formatted(entry.number(), what),
                                "put the file back from a backup, or let --write-off make it an errored result, so that the request can be sent again")
                        .at(new LineAt(offset, line)));
    }

    private void check(DiskFile log, ResultEntry entry) throws IOException {
        var bytes = read(log, entry.line());
        if (Crc.of(bytes, 0, bytes.length) == entry.line().crc()) {
            return;
        }
        var mended = mend(bytes, entry);
        if (mended.isPresent()) {
            logPatches.put(entry.line().offset(), mended.get());
            findings.add(
                    Finding.repairable(
                                    LOG,
                                    "the result of request %d is damaged".formatted(entry.number()),
                                    "written again as it was; its checksum proves it")
                            .at(new LineAt(entry.line().offset(), line)));
        } else {
            lose(entry, "is damaged", entry.line().offset());
        }
    }

    private static byte[] read(DiskFile log, Line line) throws IOException {
        var bytes = new byte[line.length()];
        log.read(ByteBuffer.wrap(bytes), line.offset());
        return bytes;
    }

    private Optional<byte[]> mend(byte[] bytes, ResultEntry entry) {
        return switch (entry.type()) {
            case CANCELED, EXPIRED ->
                    customId(entry.number())
                            .map(id -> ResultLine.unanswered(id, entry.type()))
                            .filter(line -> isThatOf(entry, line))
                            .or(() -> turnBack(bytes, entry));
            case SUCCEEDED, ERRORED -> turnBack(bytes, entry);
        };
    }

    private static boolean isThatOf(ResultEntry entry, byte[] line) {
        return line.length == entry.line().length()
                && Crc.of(line, 0, line.length) == entry.line().crc();
    }

    /** With one bit turned back, if the line that comes out is one of ours, and of this type. */
    private Optional<byte[]> turnBack(byte[] bytes, ResultEntry entry) {
        return BitMender.mend(bytes, entry.line().crc())
                .filter(mended ->
                        ResultLine.parse(mended, 0, mended.length)
                                .filter(line -> line.type() == entry.type())
                                .isPresent());
    }

    private Optional<CustomId> customId(int number) {
        try {
            return Optional.of(requests.read(number).customId());
        } catch (JournalException e) {
            // Its own damage is told with the requests.
            return Optional.empty();
        }
    }

    /** Lines between others, whose records are lost. */
    private void walkGap(DiskFile log, long from, long to) throws IOException {
        if (from >= to) {
            return;
        }
        var lines = new LineReader(log, from, to);
        long position = from;
        while (position < to) {
            line++;
            boolean isWhole = lines.next();
            if (!isWhole || !adopt(lines)) {
                findings.add(unowned().at(new LineAt(position, line)));
            } else {
                inGaps++;
            }
            position = isWhole ? lines.offset() + lines.length() : to;
        }
    }

    private static Finding unowned() {
        return Finding.byHand(
                LOG,
                "the line cannot be read, and no record of the index tells whose it is",
                "put the file back from a backup, or delete the batch");
    }

    private void tellOfGaps() {
        if (inGaps > 0) {
            findings.add(
                    Finding.repairable(
                            INDEX,
                            "does not know of %d results between others".formatted(inGaps),
                            "made again from their lines"));
        }
    }

    private void walkTail(DiskFile log, boolean hasHeader, long from, long to) throws IOException {
        if (from >= to) {
            return;
        }
        var lines = new LineReader(log, from, to);
        var unreadable = new ArrayList<Finding>();
        long end = from;
        long lastLine = line;
        int adopted = 0;
        while (lines.next()) {
            line++;
            if (adopt(lines)) {
                adopted++;
                findings.addAll(unreadable);
                unreadable.clear();
                end = lines.offset() + lines.length();
                lastLine = line;
            } else if (hasHeader) {
                break;
            } else {
                unreadable.add(unowned().at(new LineAt(lines.offset(), line)));
            }
        }
        if (adopted > 0 && hasHeader) {
            findings.add(
                    Finding.unfinished(
                            batch.isOver(),
                            INDEX,
                            "does not know of the last %d results yet".formatted(adopted),
                            "they are entered: their lines are whole"));
        }
        if (end < to) {
            findings.add(
                    Finding.unfinished(
                                    batch.isOver(),
                                    LOG,
                                    "ends with %d bytes that are no result".formatted(to - end),
                                    "cut off: a write that was not finished when the process ended, and nobody was told of it")
                            .at(new LineAt(end, lastLine + 1)));
        }
    }

    private boolean adopt(LineReader lines) throws IOException {
        var parsed = ResultLine.parse(lines.array(), lines.start(), lines.length());
        if (parsed.isEmpty()) {
            return false;
        }
        var number = numbers().get(parsed.get().customId());
        if (number == null || settled.get(number)) {
            return false;
        }
        var found = parsed.get();
        settle(
                new ResultEntry(
                        number,
                        lines.line(),
                        found.type(),
                        Instant.EPOCH,
                        found.usage(),
                        Billing.UNKNOWN));
        return true;
    }

    private Map<CustomId, Integer> numbers() throws IOException {
        var found = numbers;
        if (found == null) {
            found = requests.numbersExcept(new BitSet());
            numbers = found;
        }
        return found;
    }

    private void compareCounts() {
        if (batch.isOver() && !counts.equals(batch.counts())) {
            findings.add(
                    Finding.byHand(
                            LOG,
                            "holds %s, batch.json says %s"
                                    .formatted(words(counts), words(batch.counts())),
                            "put the batch's folder back from a backup"));
        }
    }

    private static String words(RequestCounts counts) {
        return "%d succeeded, %d errored, %d canceled, %d expired"
                .formatted(
                        counts.succeeded(), counts.errored(), counts.canceled(), counts.expired());
    }

    /**
     * Repairs what {@link #examine} found to be repairable. Everything is durable on return.
     *
     * <p>First the bits, then all that opening the log does anyway.
     */
    public void repair() throws IOException {
        patch(paths.log(), logPatches);
        patch(paths.index(), indexPatches);
        new ResultRecovery(disk, batch.id(), requests, paths).recover().log().close();
    }

    /**
     * Gives up the answers that {@link #examine} found to be lost, in a log that is sound
     * otherwise: each becomes an errored result, in its place if the line is long enough, else at
     * the end. So the results can be read by every client, and say which requests to send again.
     * What is left of the damaged lines is kept in {@code results.damaged}. Repeatable.
     *
     * @return how many were given up; others have a line that is too short
     */
    public int writeOff() throws IOException {
        return new WriteOff(disk, batch.id(), requests, paths).of(lost);
    }

    private void patch(Path path, Map<Long, byte[]> patches) throws IOException {
        if (patches.isEmpty()) {
            return;
        }
        try (var file = disk.openToWrite(path)) {
            for (var patch : patches.entrySet()) {
                file.write(ByteBuffer.wrap(patch.getValue()), patch.getKey());
            }
            file.force();
        }
    }
}
