package dev.nightmail.journal.result;

import dev.nightmail.journal.disk.FileInMemory;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.finding.Finding.ByteAt;
import dev.nightmail.journal.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks at the bytes of a result index for themselves, and turns back single bits. One use. */
final class ResultIndexCheckup {

    static final String FILE = "results.index";

    private static final RecordFormat FORMAT = ResultIndex.FORMAT;

    private final byte[] stored;
    private final boolean isOver;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Long, byte[]> patches = new TreeMap<>();

    /**
     * @param stored all of the file; its flipped bits are turned back in it
     * @param isOver whether the batch has ended, so that nothing in it is unfinished
     */
    ResultIndexCheckup(byte[] stored, boolean isOver) {
        this.stored = stored;
        this.isOver = isOver;
    }

    /** The index as mending leaves it. */
    ResultIndex examine(int requests) throws IOException {
        FORMAT.refuseNewer(FILE, ByteBuffer.wrap(stored));
        mendHeader();
        int damaged = 0;
        for (int at = RecordFormat.HEADER_BYTES;
                at + FORMAT.recordBytes() <= stored.length;
                at += FORMAT.recordBytes()) {
            damaged += mendRecord(at) ? 0 : 1;
        }
        var index = ResultIndex.load(new FileInMemory(stored), stored.length, requests);
        tellOf(index.hasHeader(), damaged);
        return index;
    }

    List<Finding> findings() {
        return findings;
    }

    /** What to write into the file, by its position. */
    Map<Long, byte[]> patches() {
        return patches;
    }

    private void mendHeader() {
        var header = FORMAT.header().array();
        if (stored.length >= header.length
                && !Arrays.equals(stored, 0, header.length, header, 0, header.length)) {
            findings.add(
                    Finding.repairable(FILE, "has a damaged header", "written again")
                            .at(new ByteAt(0)));
            System.arraycopy(header, 0, stored, 0, header.length);
            patches.put(0L, header);
        }
    }

    /** Whether it is sound, or can be made so. */
    private boolean mendRecord(int at) {
        var bytes = ByteBuffer.wrap(stored);
        if (FORMAT.isSealed(bytes, at)) {
            return true;
        }
        var mended = FORMAT.mend(bytes, at);
        if (mended.isEmpty()) {
            return false;
        }
        System.arraycopy(mended.get(), 0, stored, at, mended.get().length);
        patches.put((long) at, mended.get());
        findings.add(
                Finding.repairable(
                                FILE,
                                "has a damaged record",
                                "one bit had flipped, and the checksum tells which")
                        .at(new ByteAt(at)));
        return true;
    }

    private void tellOf(boolean hasHeader, int damaged) {
        int torn = Math.floorMod(stored.length - RecordFormat.HEADER_BYTES, FORMAT.recordBytes());
        if (!hasHeader) {
            findings.add(
                    Finding.repairable(
                            FILE,
                            stored.length == 0 ? "is missing or empty" : "is cut off",
                            "made again from results.jsonl; when each result settled and who billed it were only there"));
        } else if (damaged > 0) {
            findings.add(
                    Finding.repairable(
                            FILE,
                            "has %d damaged records".formatted(damaged),
                            "made again from their lines; when those results settled and who billed them were only there"));
        } else if (torn > 0) {
            findings.add(
                    Finding.unfinished(
                                    isOver,
                                    FILE,
                                    "ends in the middle of a record",
                                    "cut off, and made again from its line")
                            .at(new ByteAt(stored.length - torn)));
        }
    }
}
