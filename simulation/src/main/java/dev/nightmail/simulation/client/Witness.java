package dev.nightmail.simulation.client;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.simulation.disk.SimulatedDisk;
import dev.nightmail.simulation.reader.ResultLines;
import dev.nightmail.simulation.reader.ResultLines.ResultLine;
import dev.nightmail.simulation.reader.StoredRecord;
import dev.nightmail.simulation.turn.Violation;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Looks at what a client is shown, and whether it may be shown that. */
public final class Witness {

    private static final List<String> STAGES =
            List.of("in_progress", "canceling", "ended", "archived");

    private final SimulatedDisk disk;
    private final Path batches;
    private final Predicate<BatchId> isOpen;

    /**
     * @param batches the folder of all batches
     * @param isOpen whether the server has opened the files of a batch
     */
    public Witness(SimulatedDisk disk, Path batches, Predicate<BatchId> isOpen) {
        this.disk = disk;
        this.batches = batches;
        this.isOpen = isOpen;
    }

    /**
     * A client was told that its order is accepted. That may be some time ago: on its way back the
     * answer may have been overtaken by others.
     */
    void accepts(Order order, Batch batch) {
        requireSame(order, batch);
        requireDurable(order, batch, stage(batch.state()));
    }

    /** A client was shown this, just now. */
    void sees(Order order, Batch batch) {
        requireSame(order, batch);
        int stage = stage(batch.state());
        var counts = batch.counts();
        var before = order.seen();
        if (before != null && (stage < order.stageSeen() || lessThan(before, batch))) {
            throw new Violation(
                    "%s was shown as %s, stage %d, and is now shown as %s, stage %d"
                            .formatted(order.name(), before, order.stageSeen(), counts, stage));
        }
        if (stage >= 2 && !counts.allSettled()) {
            throw new Violation(order.name() + " is over and has open requests: " + counts);
        }
        requireDurable(order, batch, stage);
        order.seen(counts, stage);
    }

    private static void requireSame(Order order, Batch batch) {
        var accepted = order.accepted();
        if (accepted != null && !accepted.equals(batch.header())) {
            throw new Violation(
                    order.name() + " is another batch now: " + accepted.id() + ", " + batch.id());
        }
    }

    /** A batch whose files could not be opened yet is shown as its row says, which may be older. */
    private boolean lessThan(RequestCounts before, Batch batch) {
        return wentBack(before, batch.counts()) && (batch.isOver() || isOpen.test(batch.id()));
    }

    private static int stage(BatchState state) {
        return switch (state) {
            case BatchState.InProgress _ -> 0;
            case BatchState.Canceling _ -> 1;
            case BatchState.Ended _ -> 2;
            case BatchState.Archived _ -> 3;
        };
    }

    private static boolean wentBack(RequestCounts before, RequestCounts now) {
        return now.succeeded() < before.succeeded()
                || now.errored() < before.errored()
                || now.canceled() < before.canceled()
                || now.expired() < before.expired();
    }

    private void requireDurable(Order order, Batch batch, int stage) {
        if (order.isDeleteAsked()) {
            return;
        }
        var recorded =
                record(batch.id())
                        .orElseThrow(
                                () -> new Violation(order.name() + " is shown and not durable"));
        int stored = stage(recorded);
        if (stored < stage) {
            throw new Violation(
                    "%s is shown at stage %d, and only stage %d is durable"
                            .formatted(order.name(), stage, stored));
        }
        if (stored < 3) {
            var durable = durable(batch.id()).counts(batch.header().requestCount());
            if (wentBack(batch.counts(), durable)) {
                throw new Violation(
                        "%s is shown as %s, and only %s is durable"
                                .formatted(order.name(), batch.counts(), durable));
            }
        }
    }

    /** The results that a loss of power now would leave in any case. */
    private ResultLines durable(BatchId id) {
        return ResultLines.read(disk.guaranteed(file(id, "results.jsonl")).orElse(new byte[0]));
    }

    /** The order that a batch came from; empty if its folder may be gone. */
    public Optional<Order> order(Book book, BatchId id) {
        return record(id).map(record -> record.require("body_sha256")).flatMap(book::order);
    }

    /** The requests of an order whose results are on stable storage. */
    public Set<CustomId> settled(Book book, Order order, BatchId id) {
        if (record(id).filter(record -> stage(record) >= 2).isPresent()) {
            // Perhaps archived, and its results are gone; but it had them all.
            return order.entries().stream().map(Entry::customId).collect(Collectors.toSet());
        }
        var answered = new LinkedHashSet<CustomId>();
        for (var line : durable(id).lines()) {
            if (!isWhole(book, order, line)) {
                // A torn one that looks like one of ours, which a start cuts off with the rest.
                break;
            }
            answered.add(line.customId());
        }
        return answered;
    }

    private static boolean isWhole(Book book, Order order, ResultLine line) {
        return line.type() != ResultType.SUCCEEDED
                || order.entries().stream()
                        .filter(entry -> entry.customId().equals(line.customId()))
                        .map(entry -> book.account(entry.id()).answers())
                        .anyMatch(answers -> answers.containsKey(line.body()));
    }

    private Optional<StoredRecord> record(BatchId id) {
        return disk.guaranteed(file(id, "batch.json")).map(StoredRecord::new);
    }

    private static int stage(StoredRecord record) {
        return STAGES.indexOf(record.require("state"));
    }

    private Path file(BatchId id, String name) {
        return batches.resolve(id.value()).resolve(name);
    }
}
