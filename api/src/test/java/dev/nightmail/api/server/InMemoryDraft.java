package dev.nightmail.api.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestSummary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A draft that keeps what it is given. */
final class InMemoryDraft implements BatchDraft {

    record Entry(CustomId customId, RequestSummary summary, String params) {}

    private final BatchId id;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> models = new LinkedHashSet<>();
    private boolean committed;
    private boolean closed;

    InMemoryDraft(BatchId id) {
        this.id = id;
    }

    @Override
    public BatchId id() {
        return id;
    }

    @Override
    public void add(
            CustomId customId, RequestSummary summary, byte[] params, int offset, int length) {
        entries.add(new Entry(customId, summary, new String(params, offset, length, UTF_8)));
        models.add(summary.model());
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public List<String> models() {
        return List.copyOf(models);
    }

    @Override
    public void commit(BatchHeader header) {
        committed = true;
    }

    @Override
    public void close() {
        closed = true;
    }

    List<Entry> entries() {
        return entries;
    }

    boolean committed() {
        return committed;
    }

    boolean closed() {
        return closed;
    }
}
