package dev.nightmail.engine;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The batches whose files are open because they are being run. */
final class OpenBatches {

    private static final Logger log = LoggerFactory.getLogger(OpenBatches.class);

    record Opened(BatchHeader header, Journal.OpenBatch files) {}

    private final Map<BatchId, Opened> opened = new ConcurrentHashMap<>();

    void put(BatchHeader header, Journal.OpenBatch files) {
        opened.put(header.id(), new Opened(header, files));
    }

    /** Empty while a batch is being opened again, and once it is over. */
    Optional<Opened> find(BatchId id) {
        return Optional.ofNullable(opened.get(id));
    }

    void close(BatchId id) {
        var found = opened.remove(id);
        if (found == null) {
            return;
        }
        try {
            found.files().close();
        } catch (UncheckedIOException e) {
            // What had to be durable is so already.
            log.warn("event=files_not_closed batch_id={} reason=\"{}\"", id, e.getMessage());
        }
    }

    void closeAll() {
        opened.keySet().forEach(this::close);
    }
}
