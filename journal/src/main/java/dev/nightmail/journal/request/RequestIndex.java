package dev.nightmail.journal.request;

import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.Line;
import dev.nightmail.journal.format.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;

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
 *  28      4  CRC-32C of the 28 bytes before
 * </pre>
 *
 * Header and byte order are those of {@link RecordFormat}. In memory a request takes 28 bytes.
 */
public final class RequestIndex {

    static final RecordFormat FORMAT = new RecordFormat("NMREQIDX", 32);

    private final long[] offsets;
    private final int[] lengths;
    private final int[] crcs;
    private final int[] models;
    private final int[] inputTokensEstimates;
    private final int[] outputTokensMaxes;

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
        int number = 0;
        while (number < size()) {
            file.read(block.clear(), FORMAT.position(number));
            block.flip();
            for (int at = 0;
                    at + FORMAT.recordBytes() <= block.limit();
                    at += FORMAT.recordBytes()) {
                take(block, at, number++);
            }
        }
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

    /** Appends one record to a buffer that is on its way to the file. */
    static void put(ByteBuffer records, Line line, int model, RequestSummary summary) {
        int start = records.position();
        records.putLong(line.offset())
                .putInt(line.length())
                .putInt(line.crc())
                .putInt(model)
                .putInt(summary.inputTokensEstimate())
                .putInt(summary.outputTokensMax())
                .putInt(0);
        FORMAT.seal(records, start);
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
}
