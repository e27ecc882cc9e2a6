package dev.nightmail.journal.request;

import dev.nightmail.core.request.Breakpoint;
import dev.nightmail.core.request.Prefixes;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code requests.index}: where each request lies in {@code requests.jsonl} and what scheduling
 * asks of it. One record per request, in their order:
 *
 * <pre>
 *  at  bytes
 *   0      8  offset of its line
 *   8      4  length of its line in bytes, line feed included
 *  12      4  CRC-32C of its line
 *  16      4  model: position in the batch's list of models
 *  20      4  estimate of its input tokens
 *  24      4  most output tokens it may have; 0 if it does not say
 *  28   4×4  hashes of the prefixes that end at its breakpoints, from the shortest on
 *  44   4×2  estimates of their tokens, in units of {@value #TOKENS_UNIT}
 *  52      4  what its breakpoints are: a byte each, 0 for none, else 1, 2 more if the request
 *             marks it, 4 more if for an hour
 *  56      4  CRC-32C of the 56 bytes before
 * </pre>
 *
 * Header and byte order are those of {@link RecordFormat}. In memory a request takes 28 bytes, and
 * 4 more if the batch has prefixes.
 */
public final class RequestIndex {

    static final RecordFormat FORMAT = new RecordFormat("NMREQIDX", 60);

    private static final int HASHES_AT = 28;
    private static final int TOKENS_AT = 44;
    private static final int KINDS_AT = 52;
    private static final int PRESENT = 1;
    private static final int MARKED = 2;
    private static final int HOUR = 4;
    private static final int TOKENS_UNIT = 64;

    private final long[] offsets;
    private final int[] lengths;
    private final int[] crcs;
    private final int[] models;
    private final int[] inputTokensEstimates;
    private final int[] outputTokensMaxes;
    private Prefixes prefixes = Prefixes.NONE;

    private RequestIndex(int size) {
        offsets = new long[size];
        lengths = new int[size];
        crcs = new int[size];
        models = new int[size];
        inputTokensEstimates = new int[size];
        outputTokensMaxes = new int[size];
    }

    /**
     * Loads the index of a batch.
     *
     * @param size how many requests the batch has
     * @throws IOException if it cannot be read or is not what was written
     */
    public static RequestIndex load(DiskFile file, int size) throws IOException {
        var header = ByteBuffer.allocate(RecordFormat.HEADER_BYTES);
        file.read(header, 0);
        FORMAT.refuseNewer("requests.index", header.flip());
        long expected = FORMAT.position(size);
        if (file.length() != expected) {
            throw new IOException(
                    "requests.index is %d bytes long, not %d".formatted(file.length(), expected));
        }
        if (!FORMAT.isHeader(header)) {
            throw new IOException("requests.index has a damaged or unknown header");
        }
        var index = new RequestIndex(size);
        index.loadRecords(file);
        return index;
    }

    private void loadRecords(DiskFile file) throws IOException {
        var block = ByteBuffer.allocate(4096 * FORMAT.recordBytes());
        var found = new Prefixes.Builder(size());
        int number = 0;
        while (number < size()) {
            file.read(block.clear(), FORMAT.position(number));
            block.flip();
            for (int at = 0;
                    at + FORMAT.recordBytes() <= block.limit();
                    at += FORMAT.recordBytes()) {
                take(block, at, number);
                found.add(number, breakpoints(block, at));
                number++;
            }
        }
        prefixes = found.build();
    }

    private void take(ByteBuffer records, int at, int number) throws IOException {
        if (!FORMAT.isSealed(records, at)) {
            throw new IOException("requests.index is damaged at request " + number);
        }
        offsets[number] = records.getLong(at);
        lengths[number] = records.getInt(at + 8);
        crcs[number] = records.getInt(at + 12);
        models[number] = records.getInt(at + 16);
        inputTokensEstimates[number] = records.getInt(at + 20);
        outputTokensMaxes[number] = records.getInt(at + 24);
    }

    private static List<Breakpoint> breakpoints(ByteBuffer records, int at) {
        if (records.getInt(at + KINDS_AT) == 0) {
            return List.of();
        }
        var breakpoints = new ArrayList<Breakpoint>();
        for (int i = 0; i < Breakpoint.PER_REQUEST_MAX; i++) {
            int kind = records.get(at + KINDS_AT + i);
            if (kind != 0) {
                breakpoints.add(
                        new Breakpoint(
                                records.getInt(at + HASHES_AT + 4 * i),
                                Short.toUnsignedInt(records.getShort(at + TOKENS_AT + 2 * i))
                                        * TOKENS_UNIT,
                                (kind & MARKED) != 0,
                                (kind & HOUR) != 0));
            }
        }
        return breakpoints;
    }

    /** Appends one record to a buffer that is on its way to the file. */
    static void put(ByteBuffer records, Line line, int model, RequestSummary summary) {
        int start = records.position();
        records.putLong(line.offset())
                .putInt(line.length())
                .putInt(line.crc())
                .putInt(model)
                .putInt(summary.inputTokensEstimate())
                .putInt(summary.outputTokensMax());
        for (int at = start + HASHES_AT; at < start + FORMAT.recordBytes(); at += Integer.BYTES) {
            records.putInt(0);
        }
        int level = 0;
        for (var breakpoint : summary.breakpoints()) {
            int units = Math.min(breakpoint.tokens() / TOKENS_UNIT, 0xFFFF);
            records.putInt(start + HASHES_AT + 4 * level, breakpoint.hash())
                    .putShort(start + TOKENS_AT + 2 * level, (short) units)
                    .put(start + KINDS_AT + level, kind(breakpoint));
            level++;
        }
        FORMAT.seal(records, start);
    }

    private static byte kind(Breakpoint breakpoint) {
        return (byte)
                (PRESENT
                        | (breakpoint.marked() ? MARKED : 0)
                        | (breakpoint.forAnHour() ? HOUR : 0));
    }

    public int size() {
        return offsets.length;
    }

    Line line(int number) {
        return new Line(offsets[number], lengths[number], crcs[number]);
    }

    public int model(int number) {
        return models[number];
    }

    int inputTokensEstimate(int number) {
        return inputTokensEstimates[number];
    }

    int outputTokensMax(int number) {
        return outputTokensMaxes[number];
    }

    Prefixes prefixes() {
        return prefixes;
    }
}
