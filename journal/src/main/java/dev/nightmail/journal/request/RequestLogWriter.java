package dev.nightmail.journal.request;

import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.LineWriter;
import dev.nightmail.journal.format.RecordFormat;
import dev.nightmail.journal.format.WriteBehind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Writes the requests of a batch and their index, in two new files. One thread uses it. */
public final class RequestLogWriter implements Closeable {

    private static final int LOG_BUFFER_BYTES = 512 * 1024;
    private static final int INDEX_BUFFER_BYTES = 1024 * RequestIndex.FORMAT.recordBytes();

    private final DiskFile log;
    private final DiskFile index;
    private final WriteBehind behind;
    private final LineWriter lines;
    private final ByteBuffer records = ByteBuffer.allocate(INDEX_BUFFER_BYTES);
    private final Map<String, Integer> models = new LinkedHashMap<>();
    private long indexLength;
    private int size;

    private RequestLogWriter(DiskFile log, DiskFile index, Executor executor) {
        this.log = log;
        this.index = index;
        this.behind = new WriteBehind(log, LOG_BUFFER_BYTES, executor);
        this.lines = new LineWriter(behind, 0, LOG_BUFFER_BYTES);
        this.indexLength = RecordFormat.HEADER_BYTES;
    }

    /**
     * Makes both files.
     *
     * @param executor on which requests are written while others are added
     */
    public static RequestLogWriter create(
            Disk disk, Path logPath, Path indexPath, Executor executor) throws IOException {
        var log = disk.openToWrite(logPath);
        try {
            var index = disk.openToWrite(indexPath);
            try {
                index.write(RequestIndex.FORMAT.header(), 0);
                return new RequestLogWriter(log, index, executor);
            } catch (IOException | RuntimeException e) {
                index.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    public void add(
            CustomId customId, RequestSummary summary, byte[] params, int offset, int length)
            throws IOException {
        lines.put(RequestLine.BEFORE_ID);
        lines.put(customId.value());
        lines.put(RequestLine.BEFORE_PARAMS);
        lines.putFlattened(params, offset, length);
        lines.put(RequestLine.AFTER_PARAMS);
        if (!records.hasRemaining()) {
            flushRecords();
        }
        RequestIndex.put(records, lines.end(), modelNumber(summary.model()), summary);
        size++;
    }

    private int modelNumber(String model) {
        var known = models.get(model);
        if (known != null) {
            return known;
        }
        models.put(model, models.size());
        return models.size() - 1;
    }

    private void flushRecords() throws IOException {
        int bytes = records.flip().remaining();
        index.write(records, indexLength);
        indexLength += bytes;
        records.clear();
    }

    public int size() {
        return size;
    }

    public List<String> models() {
        return List.copyOf(models.keySet());
    }

    /** Writes what is still held back and brings both files to stable storage. */
    public void force() throws IOException {
        lines.flush();
        flushRecords();
        behind.force();
        index.force();
    }

    @Override
    public void close() throws IOException {
        behind.settle();
        try (log) {
            index.close();
        }
    }
}
