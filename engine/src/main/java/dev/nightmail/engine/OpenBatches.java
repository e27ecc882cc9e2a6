package dev.nightmail.engine;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The batches whose files are open because they are being run. */
final class OpenBatches {

    record Opened(BatchHeader header, Journal.OpenBatch files) {}

    private final Map<BatchId, Opened> opened = new ConcurrentHashMap<>();

    /** Closes what was open of the batch before. */
    void put(BatchHeader header, Journal.OpenBatch files) {
        var before = opened.put(header.id(), new Opened(header, files));
        if (before != null) {
            before.files().close();
        }
    }

    Opened get(BatchId id) {
        var found = opened.get(id);
        if (found == null) {
            throw new IllegalStateException(id + " is not open");
        }
        return found;
    }

    void close(BatchId id) {
        var found = opened.remove(id);
        if (found != null) {
            found.files().close();
        }
    }

    void closeAll() {
        opened.keySet().forEach(this::close);
    }
}
