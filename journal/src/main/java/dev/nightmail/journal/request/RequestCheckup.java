package dev.nightmail.journal.request;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.disk.FileInMemory;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.finding.Finding.ByteAt;
import dev.nightmail.journal.finding.Finding.LineAt;
import dev.nightmail.journal.format.BitMender;
import dev.nightmail.journal.format.Crc;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.format.LineReader;
import dev.nightmail.journal.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the requests of a batch with their index, and knows what either says of the other.
 *
 * <ul>
 *   <li>A line whose checksum is in the index: every change is found, a single flipped bit is
 *       turned back, more is beyond us.
 *   <li>A record of the index: every change is found. A single flipped bit is turned back. Beyond
 *       that the record is made again from its line, which lies between those of its neighbours; no
 *       checksum is left then to say that the line itself is what was written, only its form.
 * </ul>
 *
 * Examining changes nothing. One use, one thread.
 */
public final class RequestCheckup {

    private static final String LOG = "requests.jsonl";
    private static final String INDEX = "requests.index";
    private static final RecordFormat FORMAT = RequestIndex.FORMAT;

    private final Disk disk;
    private final Path folder;
    private final BatchHeader header;
    private final int size;

    private final List<Finding> findings = new ArrayList<>();

    /** Lines as they were before one of their bits flipped, by their offset. */
    private final Map<Long, byte[]> mendedLines = new TreeMap<>();

    private final ByteBuffer image;
    private final BitSet missing = new BitSet();
    private boolean indexIsSound = true;
    private boolean indexIsKnown = true;
    private @Nullable Long surplusFrom;

    /**
     * @param folder of the batch
     */
    public RequestCheckup(Disk disk, Path folder, BatchHeader header) {
        this.disk = disk;
        this.folder = folder;
        this.header = header;
        this.size = header.requestCount();
        this.image = ByteBuffer.allocate(Math.toIntExact(FORMAT.position(size)));
    }

    public List<Finding> examine() throws IOException {
        loadIndex();
        if (!disk.exists(folder.resolve(LOG))) {
            findings.add(
                    Finding.byHand(
                            LOG,
                            "is missing, and the requests of the batch with it",
                            "put it back from a backup, or delete the batch"));
            indexIsKnown = missing.isEmpty();
            return findings;
        }
        try (var log = disk.openToRead(folder.resolve(LOG))) {
            fillIn(log);
            if (indexIsKnown) {
                checkLines(log);
            }
        }
        return findings;
    }

    /** The index as it was, or as repairing would make it; empty if nobody can tell. */
    public Optional<RequestIndex> index() throws IOException {
        return indexIsKnown
                ? Optional.of(RequestIndex.load(new FileInMemory(image.array()), size))
                : Optional.empty();
    }

    private void loadIndex() throws IOException {
        image.put(FORMAT.header());
        var stored = FileInMemory.bytes(disk, folder.resolve(INDEX));
        var bytes = ByteBuffer.wrap(stored);
        FORMAT.refuseNewer(INDEX, bytes);
        boolean hasHeader = FORMAT.isHeader(bytes);
        int damaged = 0;
        int first = -1;
        for (int number = 0; number < size; number++) {
            int at = (int) FORMAT.position(number);
            if (at + FORMAT.recordBytes() > stored.length) {
                missing.set(number, size);
                break;
            }
            if (FORMAT.isSealed(bytes, at)) {
                image.put(at, stored, at, FORMAT.recordBytes());
                continue;
            }
            first = damaged++ == 0 ? number : first;
            var mended = FORMAT.mend(bytes, at);
            if (mended.isPresent()) {
                image.put(at, mended.get());
            } else {
                missing.set(number);
            }
        }
        tellOfIndex(stored.length, hasHeader, damaged, first);
    }

    private void tellOfIndex(int length, boolean hasHeader, int damaged, int first) {
        long expected = FORMAT.position(size);
        indexIsSound = hasHeader && damaged == 0 && length == expected;
        if (indexIsSound) {
            return;
        }
        var problem = new ArrayList<String>();
        if (length == 0) {
            problem.add("is missing or empty");
        } else if (length != expected) {
            problem.add("is %d bytes long, not %d".formatted(length, expected));
        }
        if (length > 0 && !hasHeader) {
            problem.add("has a damaged header");
        }
        if (damaged > 0) {
            problem.add(
                    "has %d damaged records, the first that of request %d"
                            .formatted(damaged, first));
        }
        int remade = missing.cardinality();
        findings.add(
                Finding.repairable(
                                INDEX,
                                String.join(", ", problem),
                                remade == 0
                                        ? "written anew: a single bit had flipped in each record, and the checksums tell which"
                                        : "written anew, %d records of it from the lines of requests.jsonl, by their form: their checksums are gone"
                                                .formatted(remade))
                        .at(new ByteAt(damaged > 0 ? FORMAT.position(first) : 0)));
    }

    /** Makes the missing records from their lines. */
    private void fillIn(DiskFile log) throws IOException {
        int from = missing.nextSetBit(0);
        while (from >= 0) {
            int to = missing.nextClearBit(from);
            long start = from == 0 ? 0 : line(from - 1).end();
            long end = to == size ? log.length() : line(to).offset();
            if (!fillIn(log, from, to, start, end)) {
                indexIsKnown = false;
                findings.removeIf(finding -> finding.file().equals(INDEX));
                findings.add(
                        Finding.byHand(
                                INDEX,
                                "is damaged at requests %d to %d, and requests.jsonl is not whole there either"
                                        .formatted(from, to - 1),
                                "put both files back from a backup, or delete the batch"));
                return;
            }
            from = missing.nextSetBit(to);
        }
    }

    private boolean fillIn(DiskFile log, int from, int to, long start, long end)
            throws IOException {
        var lines = new LineReader(log, start, end);
        for (int number = from; number < to; number++) {
            if (!lines.next()) {
                return false;
            }
            var summary = RequestText.summary(lines.array(), lines.start(), lines.length());
            int model = summary.map(known -> header.models().indexOf(known.model())).orElse(-1);
            if (summary.isEmpty() || model < 0) {
                return false;
            }
            image.position((int) FORMAT.position(number));
            RequestIndex.put(image, lines.line(), model, summary.get());
        }
        return to == size || !lines.next();
    }

    private Line line(int number) {
        int at = (int) FORMAT.position(number);
        return new Line(image.getLong(at), image.getInt(at + 8), image.getInt(at + 12));
    }

    private void checkLines(DiskFile log) throws IOException {
        long length = log.length();
        for (int number = 0; number < size; number++) {
            checkLine(log, number, length);
        }
        long end = size == 0 ? 0 : line(size - 1).end();
        if (length > end) {
            surplusFrom = end;
            findings.add(
                    Finding.repairable(
                                    LOG,
                                    "has %d bytes behind the last request".formatted(length - end),
                                    "cut off: the index knows of no request there")
                            .at(new ByteAt(end)));
        }
    }

    private void checkLine(DiskFile log, int number, long length) throws IOException {
        var line = line(number);
        var spot = new LineAt(line.offset(), number + 1L);
        if (line.end() > length) {
            findings.add(lost(number, "is cut off: the file ends at " + length).at(spot));
            return;
        }
        var bytes = new byte[line.length()];
        log.read(ByteBuffer.wrap(bytes), line.offset());
        if (Crc.of(bytes, 0, bytes.length) == line.crc()) {
            return;
        }
        var mended =
                BitMender.mend(bytes, line.crc())
                        .filter(whole -> RequestLine.customId(whole, 0, whole.length).isPresent());
        if (mended.isPresent()) {
            mendedLines.put(line.offset(), mended.get());
            findings.add(
                    Finding.repairable(
                                    LOG,
                                    "request %d is damaged".formatted(number),
                                    "one bit had flipped, and the checksum tells which")
                            .at(spot));
        } else {
            findings.add(lost(number, "is damaged").at(spot));
        }
    }

    private static Finding lost(int number, String what) {
        return Finding.byHand(
                LOG,
                "request %d %s".formatted(number, what),
                "it cannot be sent any more; if it has no result, send it again in another batch");
    }

    /** Repairs what {@link #examine} found to be repairable. Everything is durable on return. */
    public void repair() throws IOException {
        var surplus = surplusFrom;
        if (!mendedLines.isEmpty() || surplus != null) {
            try (var log = disk.openToWrite(folder.resolve(LOG))) {
                for (var mended : mendedLines.entrySet()) {
                    log.write(ByteBuffer.wrap(mended.getValue()), mended.getKey());
                }
                if (surplus != null) {
                    log.truncate(surplus);
                }
                log.force();
            }
        }
        if (!indexIsSound && indexIsKnown) {
            disk.replace(folder.resolve(INDEX), folder.resolve(INDEX + ".tmp"), image.array());
        }
    }
}
