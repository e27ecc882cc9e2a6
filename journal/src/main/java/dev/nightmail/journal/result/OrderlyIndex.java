package dev.nightmail.journal.result;

import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.result.Settled;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The fold over an index that leaves nothing to be mended: each record is whole and speaks of a
 * request of its own, and their lines follow one another from the beginning of the log to its end.
 * So it is after every clean stop, and after a crash between two groups; for anything else there is
 * {@link ResultScan}, which comes to the same for such an index, record by record.
 */
final class OrderlyIndex {

    private static final int BLOCK_RECORDS = 4096;

    private final BitSet settled;
    private final int[] countsByCode = new int[TypeCode.COUNT];
    private int size;
    private long end;
    private long lastSettledMicros = Long.MIN_VALUE;

    private OrderlyIndex(int requests) {
        this.settled = new BitSet(requests);
    }

    /**
     * Reads an index, not its log.
     *
     * @param logLength of the log in bytes
     * @return empty if the two are not in order
     */
    static Optional<OrderlyIndex> read(DiskFile file, long logLength, int requests)
            throws IOException {
        long length = file.length();
        var header = ByteBuffer.allocate(RecordFormat.HEADER_BYTES);
        file.read(header, 0);
        long records = (length - RecordFormat.HEADER_BYTES) / ResultIndex.FORMAT.recordBytes();
        if (!ResultIndex.FORMAT.isHeader(header.flip())
                || records > requests
                || ResultIndex.FORMAT.position(records) != length) {
            return Optional.empty();
        }
        var index = new OrderlyIndex(requests);
        var block = ByteBuffer.allocate(BLOCK_RECORDS * ResultIndex.FORMAT.recordBytes());
        while (index.size < records) {
            file.read(block.clear(), ResultIndex.FORMAT.position(index.size));
            if (!index.takeAll(block.flip(), requests)) {
                return Optional.empty();
            }
        }
        return index.end == logLength ? Optional.of(index) : Optional.empty();
    }

    private boolean takeAll(ByteBuffer records, int requests) {
        int recordBytes = ResultIndex.FORMAT.recordBytes();
        for (int at = 0; at + recordBytes <= records.limit(); at += recordBytes) {
            if (!ResultIndex.isRecord(records, at, requests) || !take(records, at)) {
                return false;
            }
        }
        return records.limit() >= recordBytes;
    }

    private boolean take(ByteBuffer records, int at) {
        int number = ResultIndex.number(records, at);
        int lineLength = ResultIndex.lineLength(records, at);
        if (settled.get(number) || lineLength == 0 || ResultIndex.lineOffset(records, at) != end) {
            return false;
        }
        settled.set(number);
        countsByCode[ResultIndex.typeCode(records, at)]++;
        lastSettledMicros = Math.max(lastSettledMicros, ResultIndex.settledMicros(records, at));
        end += lineLength;
        size++;
        return true;
    }

    /** How many results there are. */
    int size() {
        return size;
    }

    /** What the log says when it is opened. */
    Settled settled(int requests) {
        var counts =
                new RequestCounts(
                        requests - size,
                        countsByCode[TypeCode.of(ResultType.SUCCEEDED)],
                        countsByCode[TypeCode.of(ResultType.ERRORED)],
                        countsByCode[TypeCode.of(ResultType.CANCELED)],
                        countsByCode[TypeCode.of(ResultType.EXPIRED)]);
        var last = size == 0 ? null : Instant.EPOCH.plus(lastSettledMicros, ChronoUnit.MICROS);
        return new Settled((BitSet) settled.clone(), counts, last, List.of());
    }

    BitSet requests() {
        return (BitSet) settled.clone();
    }
}
