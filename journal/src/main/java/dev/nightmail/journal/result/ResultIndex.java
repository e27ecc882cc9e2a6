package dev.nightmail.journal.result;

import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code results.index}: one record per result, in the order they settled.
 *
 * <pre>
 *  at  bytes
 *   0      4  number of the request, from 0
 *   4      4  type: 0 succeeded, 1 errored, 2 canceled, 3 expired
 *   8      8  offset of its line in results.jsonl
 *  16      4  length of the line in bytes, line feed included; 0 if the line was lost
 *  20      4  CRC-32C of the line
 *  24      8  when it settled, in microseconds since 1970
 *  32      4  input tokens
 *  36      4  output tokens
 *  40      4  tokens written to the cache for five minutes
 *  44      4  tokens written to the cache for one hour
 *  48      4  tokens read from the cache
 *  52     44  on what terms it was billed: {@link BillingField}
 *  96      4  CRC-32C of the 96 bytes before
 * </pre>
 *
 * Header and byte order are those of {@link RecordFormat}. A count above 2^31-1 is kept as that.
 *
 * @param entries those records that are whole
 * @param hasHeader whether the file begins as it should; it was written before the batch was
 *     accepted, so no crash takes it away
 * @param isWhole whether the file is a header and whole records and nothing else
 */
record ResultIndex(List<ResultEntry> entries, boolean hasHeader, boolean isWhole) {

    private static final int BILLING_AT = 52;

    static final RecordFormat FORMAT =
            new RecordFormat("NMRESIDX", BILLING_AT + BillingField.BYTES + 4);

    private static final int BLOCK_RECORDS = 4096;

    /**
     * Reads the first {@code length} bytes of the file.
     *
     * @throws IOException also if a newer program wrote it: it is not to be taken for a damaged one
     *     and written anew
     */
    static ResultIndex load(DiskFile file, long length, int requests) throws IOException {
        var header = ByteBuffer.allocate(RecordFormat.HEADER_BYTES);
        file.read(header, 0);
        FORMAT.refuseNewer("results.index", header.flip());
        boolean hasHeader = FORMAT.isHeader(header);
        long records = Math.max(0, length - RecordFormat.HEADER_BYTES) / FORMAT.recordBytes();
        var entries = new ArrayList<ResultEntry>();
        var billing = Billing.UNKNOWN;
        var block = ByteBuffer.allocate(BLOCK_RECORDS * FORMAT.recordBytes());
        for (long first = 0; first < records; first += BLOCK_RECORDS) {
            int wanted = (int) Math.min(BLOCK_RECORDS, records - first);
            block.clear().limit(wanted * FORMAT.recordBytes());
            file.read(block, FORMAT.position(first));
            block.flip();
            for (int at = 0;
                    at + FORMAT.recordBytes() <= block.limit();
                    at += FORMAT.recordBytes()) {
                if (isRecord(block, at, requests)) {
                    billing = BillingField.take(block, at + BILLING_AT, billing);
                    entries.add(take(block, at, billing));
                }
            }
        }
        boolean isWhole =
                hasHeader && entries.size() == records && FORMAT.position(entries.size()) == length;
        return new ResultIndex(entries, hasHeader, isWhole);
    }

    /** Whether a whole record starts there, and is one of a batch of so many requests. */
    static boolean isRecord(ByteBuffer records, int at, int requests) {
        int number = number(records, at);
        return FORMAT.isSealed(records, at)
                && number >= 0
                && number < requests
                && TypeCode.isKnown(typeCode(records, at))
                && lineOffset(records, at) >= 0
                && lineLength(records, at) >= 0
                && BillingField.isPossible(records, at + BILLING_AT);
    }

    static int number(ByteBuffer records, int at) {
        return records.getInt(at);
    }

    static int typeCode(ByteBuffer records, int at) {
        return records.getInt(at + 4);
    }

    static long lineOffset(ByteBuffer records, int at) {
        return records.getLong(at + 8);
    }

    static int lineLength(ByteBuffer records, int at) {
        return records.getInt(at + 16);
    }

    static Line line(ByteBuffer records, int at) {
        return new Line(lineOffset(records, at), lineLength(records, at), records.getInt(at + 20));
    }

    /** When it settled, in microseconds since 1970. */
    static long settledMicros(ByteBuffer records, int at) {
        return records.getLong(at + 24);
    }

    private static ResultEntry take(ByteBuffer records, int at, Billing billing) {
        return new ResultEntry(
                number(records, at),
                line(records, at),
                TypeCode.type(typeCode(records, at)),
                Instant.EPOCH.plus(settledMicros(records, at), ChronoUnit.MICROS),
                new Usage(
                        records.getInt(at + 32),
                        records.getInt(at + 36),
                        records.getInt(at + 40),
                        records.getInt(at + 44),
                        records.getInt(at + 48)),
                billing);
    }

    /** The records of {@code entries}, ready to be written. */
    static ByteBuffer encode(List<ResultEntry> entries) {
        var records = ByteBuffer.allocate(Math.multiplyExact(entries.size(), FORMAT.recordBytes()));
        for (var entry : entries) {
            put(records, entry);
        }
        return records.flip();
    }

    private static void put(ByteBuffer records, ResultEntry entry) {
        int start = records.position();
        records.putInt(entry.number())
                .putInt(TypeCode.of(entry.type()))
                .putLong(entry.line().offset())
                .putInt(entry.line().length())
                .putInt(entry.line().crc())
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, entry.settledAt()))
                .putInt(count(entry.usage().input()))
                .putInt(count(entry.usage().output()))
                .putInt(count(entry.usage().cacheCreation5m()))
                .putInt(count(entry.usage().cacheCreation1h()))
                .putInt(count(entry.usage().cacheRead()));
        BillingField.put(records, entry.billing());
        records.putInt(0);
        FORMAT.seal(records, start);
    }

    private static int count(long tokens) {
        return (int) Math.min(tokens, Integer.MAX_VALUE);
    }
}
