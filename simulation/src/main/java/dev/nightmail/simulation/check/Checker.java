package dev.nightmail.simulation.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.schedule.LostAttempts;
import dev.nightmail.simulation.catalog.SimulatedCatalog;
import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.client.Order;
import dev.nightmail.simulation.disk.SimulatedDisk;
import dev.nightmail.simulation.reader.StoredRecord;
import dev.nightmail.simulation.turn.Violation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeSet;

/** Compares what a server left behind with what clients and upstreams know, after all has ended. */
public final class Checker {

    /** What a request gets whose model no upstream serves. */
    public static final String NO_ROUTE =
            "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"no route\"}}";

    /** What a request gets that asks what none may. */
    public static final String FAULTY =
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"faulty\"}}";

    /** What a request gets each of whose attempts was cut off. */
    public static final String LOST = new String(LostAttempts.ERROR.array(), UTF_8);

    private final Book book;
    private final SimulatedCatalog catalog;
    private final Path batches;
    private final boolean flushesFail;
    private final NavigableMap<Path, byte[]> files;
    private final SimulatedDisk disk;

    /**
     * @param batches the folder of all batches
     * @param flushesFail whether some did: then an index, which can be made from the lines, may be
     *     torn
     */
    public Checker(
            Book book,
            SimulatedDisk disk,
            SimulatedCatalog catalog,
            Path batches,
            boolean flushesFail) {
        this.book = book;
        this.disk = disk;
        this.catalog = catalog;
        this.batches = batches;
        this.flushesFail = flushesFail;
        this.files = disk.contents();
    }

    /**
     * @return the results that were looked at
     * @throws Violation of the first thing that is wrong
     */
    public int check() {
        var left = leftOver();
        checkRows(left);
        checkOrders(left);
        int results = 0;
        for (var batch : left.entrySet()) {
            results += batch(batch.getKey(), batch.getValue()).check();
        }
        return results;
    }

    private StoredBatch batch(BatchId id, Order order) {
        return new StoredBatch(
                book, catalog, order, id, flushesFail, name -> files.get(file(id, name)));
    }

    private Path file(BatchId id, String name) {
        return batches.resolve(id.value()).resolve(name);
    }

    /** Every batch on the disk, with the order it came from. */
    private Map<BatchId, Order> leftOver() {
        var left = new LinkedHashMap<BatchId, Order>();
        for (var name : disk.list(batches)) {
            var id = new BatchId(name);
            var record = files.get(file(id, "batch.json"));
            if (record == null) {
                throw new Violation("a folder without batch.json: " + id);
            }
            var order = order(new StoredRecord(record).require("body_sha256"));
            if (left.containsValue(order)) {
                throw new Violation(order.name() + " has made two batches, one is " + id);
            }
            left.put(id, order);
        }
        return left;
    }

    private Order order(String sha) {
        return book.order(sha)
                .orElseThrow(() -> new Violation("a batch that nobody handed in: " + sha));
    }

    private void checkRows(Map<BatchId, Order> left) {
        var rows = new TreeSet<BatchId>();
        catalog.rows().forEach(row -> rows.add(row.id()));
        if (!rows.equals(left.keySet())) {
            throw new Violation("rows are %s, folders are %s".formatted(rows, left.keySet()));
        }
    }

    private void checkOrders(Map<BatchId, Order> left) {
        for (var order : book.orders()) {
            var id = order.id();
            if (id != null && !left.containsKey(id) && !order.isDeleteAsked()) {
                throw new Violation(order.name() + " was accepted and is gone: " + id);
            }
            if (id != null && left.containsKey(id) && order.isDeleteTold()) {
                throw new Violation(order.name() + " was deleted and is there");
            }
            // Whose batch was deleted may have another, if a create with the same key was in doubt.
            if (id != null
                    && left.containsValue(order)
                    && !left.containsKey(id)
                    && !order.isDeleteAsked()) {
                throw new Violation(order.name() + " is there under another id than " + id);
            }
        }
    }
}
