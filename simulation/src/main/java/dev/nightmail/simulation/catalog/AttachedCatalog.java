package dev.nightmail.simulation.catalog;

import static java.time.temporal.ChronoUnit.MICROS;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.batch.BatchState.Archived;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.Ended;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.key.WorkspaceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The catalog in one process. */
final class AttachedCatalog implements BatchCatalog {

    private static final Comparator<Batch> OLDEST_FIRST =
            Comparator.comparing((Batch batch) -> batch.header().createdAt())
                    .thenComparing(Batch::id);

    private final SimulatedCatalog catalog;
    private final Transactions transactions;

    AttachedCatalog(SimulatedCatalog catalog, Transactions transactions) {
        this.catalog = catalog;
        this.transactions = transactions;
    }

    @Override
    public Insertion insert(Batch batch) {
        return transactions.write(
                "insert row",
                () -> {
                    if (catalog.rows.containsKey(batch.id())) {
                        throw new IllegalStateException(
                                "there is a batch " + batch.id() + " already");
                    }
                    var key = batch.header().idempotencyKey();
                    var used = key == null ? null : byKey(batch.header().workspace(), key);
                    if (used != null) {
                        return new Insertion.KeyUsed(used);
                    }
                    catalog.rows.put(batch.id(), asStored(batch));
                    return new Insertion.Inserted();
                });
    }

    private @Nullable Batch byKey(WorkspaceId workspace, String key) {
        for (var row : catalog.rows.values()) {
            if (row.header().workspace().equals(workspace)
                    && key.equals(row.header().idempotencyKey())) {
                return row;
            }
        }
        return null;
    }

    /** The tables count time in microseconds. */
    private static Batch asStored(Batch batch) {
        return new Batch(batch.header(), asStored(batch.state()), batch.counts());
    }

    private static BatchState asStored(BatchState state) {
        return switch (state) {
            case InProgress same -> same;
            case Canceling(var at) -> new Canceling(micros(at));
            case Ended(var at, var canceled) -> new Ended(micros(at), microsOrNull(canceled));
            case Archived(var at, var canceled, var archived) ->
                    new Archived(micros(at), microsOrNull(canceled), micros(archived));
        };
    }

    private static Instant micros(Instant at) {
        return at.truncatedTo(MICROS);
    }

    private static @Nullable Instant microsOrNull(@Nullable Instant at) {
        return at == null ? null : micros(at);
    }

    @Override
    public void update(Batch batch) {
        transactions.write(
                "update row",
                () -> {
                    if (!catalog.losesThisUpdate()) {
                        catalog.rows.computeIfPresent(batch.id(), (_, _) -> asStored(batch));
                    }
                    return batch;
                });
    }

    @Override
    public Optional<Batch> find(BatchId id) {
        return transactions.read("find row", () -> catalog.row(id));
    }

    @Override
    public Optional<Batch> findByIdempotencyKey(WorkspaceId workspace, String idempotencyKey) {
        return transactions.read(
                "find row by key", () -> Optional.ofNullable(byKey(workspace, idempotencyKey)));
    }

    @Override
    public BatchPage page(WorkspaceId workspace, BatchPage.Query query) {
        return transactions.read(
                "page of rows",
                () -> {
                    var newestFirst =
                            rows(row -> row.header().workspace().equals(workspace))
                                    .sorted(Comparator.comparing(Batch::id).reversed())
                                    .toList();
                    return switch (query.place()) {
                        case BatchPage.Place.Newest _ -> cut(newestFirst, query.limit());
                        case BatchPage.Place.After(var cursor) ->
                                cut(
                                        newestFirst.stream()
                                                .filter(row -> row.id().compareTo(cursor) < 0)
                                                .toList(),
                                        query.limit());
                        case BatchPage.Place.Before(var cursor) -> {
                            var newer =
                                    new ArrayList<>(
                                            newestFirst.stream()
                                                    .filter(row -> row.id().compareTo(cursor) > 0)
                                                    .toList());
                            var page = cut(newer.reversed(), query.limit());
                            yield new BatchPage(page.batches().reversed(), page.hasMore());
                        }
                    };
                });
    }

    private static BatchPage cut(List<Batch> rows, int limit) {
        return new BatchPage(rows.subList(0, Math.min(limit, rows.size())), rows.size() > limit);
    }

    private Stream<Batch> rows(Predicate<Batch> which) {
        return catalog.rows.values().stream().filter(which);
    }

    @Override
    public List<BatchId> ids() {
        return transactions.read("ids of rows", () -> List.copyOf(catalog.rows.keySet()));
    }

    @Override
    public List<Batch> running() {
        return transactions.read(
                "running rows", () -> rows(row -> !row.isOver()).sorted(OLDEST_FIRST).toList());
    }

    @Override
    public List<Batch> toArchive(Instant createdAtMax, int limit) {
        return transactions.read(
                "rows to archive",
                () ->
                        rows(row ->
                                        row.state() instanceof Ended
                                                && !row.header().createdAt().isAfter(createdAtMax))
                                .sorted(OLDEST_FIRST)
                                .limit(limit)
                                .toList());
    }

    @Override
    public void delete(BatchId id) {
        transactions.write("delete row", () -> Optional.ofNullable(catalog.rows.remove(id)));
    }
}
