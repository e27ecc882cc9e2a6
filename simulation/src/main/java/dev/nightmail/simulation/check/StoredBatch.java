package dev.nightmail.simulation.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.simulation.catalog.SimulatedCatalog;
import dev.nightmail.simulation.client.Account;
import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.client.Entry;
import dev.nightmail.simulation.client.Order;
import dev.nightmail.simulation.client.Orders;
import dev.nightmail.simulation.reader.ResultLines;
import dev.nightmail.simulation.reader.ResultLines.ResultLine;
import dev.nightmail.simulation.reader.StoredIndex;
import dev.nightmail.simulation.reader.StoredRecord;
import dev.nightmail.simulation.turn.Violation;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One batch that is over: its files, its row and its entries in the ledger. */
final class StoredBatch {

    private final Book book;
    private final SimulatedCatalog catalog;
    private final Order order;
    private final BatchId id;
    private final boolean flushesFail;
    private final Function<String, byte @Nullable []> files;
    private final StoredRecord record;
    private final Batch row;
    private final Map<CustomId, Entry> entries = new HashMap<>();

    StoredBatch(
            Book book,
            SimulatedCatalog catalog,
            Order order,
            BatchId id,
            boolean flushesFail,
            Function<String, byte @Nullable []> files) {
        this.book = book;
        this.catalog = catalog;
        this.order = order;
        this.id = id;
        this.flushesFail = flushesFail;
        this.files = files;
        this.record = new StoredRecord(file("batch.json"));
        this.row = catalog.row(id).orElseThrow(() -> violation("has no row"));
        order.entries().forEach(entry -> entries.put(entry.customId(), entry));
    }

    private byte[] file(String name) {
        var bytes = files.apply(name);
        if (bytes == null) {
            throw violation("has no " + name);
        }
        return bytes;
    }

    private Violation violation(String what) {
        return new Violation("%s, %s %s".formatted(order.name(), id, what));
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw violation(what);
        }
    }

    /**
     * @return how many results it has
     */
    int check() {
        var accepted = order.accepted();
        require(
                accepted == null || isAnother() || accepted.equals(row.header()),
                "has another header now");
        var state = record.require("state");
        require(row.isOver(), "is not over");
        // An archiving that was cut off goes on when it is due: if the clock was set back, then
        // later.
        require(
                state.equals(row.archivedAt() == null ? "ended" : "archived")
                        || (state.equals("archived") && book.isClockEverSet()),
                "is %s, and its row says %s".formatted(state, row.state()));
        require(
                recordedCounts().equals(row.counts()),
                "has counts %s, and its row says %s".formatted(recordedCounts(), row.counts()));
        checkCalls();
        return state.equals("archived") ? checkArchived() : checkEnded();
    }

    /** Whether it came after the one its client was told of and has deleted. */
    private boolean isAnother() {
        return order.isDeleteAsked() && !id.equals(order.id());
    }

    private RequestCounts recordedCounts() {
        return new RequestCounts(
                record.number("processing"),
                record.number("succeeded"),
                record.number("errored"),
                record.number("canceled"),
                record.number("expired"));
    }

    private Instant expiresAt() {
        return record.time("expires_at");
    }

    private void checkCalls() {
        for (var entry : order.entries()) {
            for (var asking : book.account(entry.id()).askings()) {
                require(
                        asking.clockJustSet() || asking.wall().isBefore(expiresAt()),
                        "expired at %s, and %s was sent at %s"
                                .formatted(expiresAt(), entry.id(), asking.wall()));
            }
        }
    }

    private int checkArchived() {
        require(book.isArchivable(row.header()), "was archived before its time");
        for (var name :
                new String[] {
                    "requests.jsonl", "requests.index", "results.jsonl", "results.index"
                }) {
            // An archiving that was cut off has not taken them yet; see above.
            require(
                    files.apply(name) == null || row.archivedAt() == null,
                    "is archived and has its " + name);
        }
        var taken = isAnother() ? null : order.results();
        if (taken != null) {
            checkResults(taken);
        }
        return row.counts().total();
    }

    private int checkEnded() {
        checkRequests();
        var bytes = file("results.jsonl");
        var taken = isAnother() ? null : order.results();
        require(
                taken == null || Arrays.equals(taken, bytes),
                "has other results than were downloaded");
        checkResults(bytes);
        checkIndex(bytes);
        return row.counts().total();
    }

    private void checkRequests() {
        var expected = new ByteArrayOutputStream();
        for (var entry : order.entries()) {
            expected.writeBytes(
                    "{\"custom_id\":\"%s\",\"params\":"
                            .formatted(entry.customId())
                            .getBytes(UTF_8));
            expected.writeBytes(entry.params().array());
            expected.writeBytes("}\n".getBytes(UTF_8));
        }
        require(
                !order.rotten().isEmpty()
                        || Arrays.equals(expected.toByteArray(), file("requests.jsonl")),
                "has other requests than were handed in");
    }

    private void checkResults(byte[] bytes) {
        var found = ResultLines.read(bytes);
        require(found.length() == bytes.length, "has a broken line at " + found.length());
        require(found.ids().size() == found.lines().size(), "has two results for one request");
        require(
                isOneForEach(found.ids()),
                "has results for %s, and requests %s".formatted(found.ids(), entries.keySet()));
        require(
                found.counts(row.header().requestCount()).equals(row.counts()),
                "has counts that are not the fold of its results");
        found.lines().forEach(this::checkResult);
        checkLedger(found);
    }

    /** A damaged request may have its result under another name, which is nobody else's. */
    private boolean isOneForEach(Set<CustomId> ids) {
        var sound = new HashSet<>(entries.keySet());
        sound.removeAll(order.rotten());
        return ids.size() == entries.size() && ids.containsAll(sound);
    }

    private void checkResult(ResultLine line) {
        if (!order.rotten().isEmpty() && !entries.containsKey(line.customId())) {
            require(
                    line.type() == ResultType.EXPIRED || line.type() == ResultType.CANCELED,
                    "answers a request nobody can read: " + line);
            return;
        }
        var entry = entry(line);
        var account = book.account(entry.id());
        boolean right =
                switch (line.type()) {
                    case SUCCEEDED -> account.answers().containsKey(line.body());
                    case ERRORED -> isErrorOf(account, entry, line.body());
                    case CANCELED -> order.isCancelAsked();
                    case EXPIRED -> !book.latest().isBefore(expiresAt());
                };
        require(right, "has for %s what nobody said of it: %s".formatted(entry.id(), line));
    }

    private boolean isErrorOf(Account account, Entry entry, String error) {
        return account.errors().contains(error)
                || (error.equals(Checker.LOST) && book.mayBeLost(account))
                || (entry.model().equals(Orders.UNSERVED) && error.equals(Checker.NO_ROUTE))
                || (new String(entry.params().array(), UTF_8).contains("\"faulty\":true")
                        && error.equals(Checker.FAULTY));
    }

    private Entry entry(ResultLine line) {
        var entry = entries.get(line.customId());
        if (entry == null) {
            throw violation("has a result for a request it does not have: " + line.customId());
        }
        return entry;
    }

    /** What was charged, by model, is the sum over the answers. */
    private void checkLedger(ResultLines results) {
        var used = new TreeMap<String, Sum>();
        for (var line : results.lines()) {
            if (line.type() == ResultType.SUCCEEDED) {
                used.merge(entry(line).model(), new Sum(1, usage(line)), Sum::plus);
            }
        }
        var charged = new TreeMap<String, Sum>();
        for (var entry : catalog.entries(id)) {
            var tally = entry.tally();
            require(
                    entry.key().equals(order.key()) && entry.workspace().equals(order.workspace()),
                    "is charged to another key");
            charged.merge(
                    tally.tariff().model(), new Sum(tally.requests(), tally.usage()), Sum::plus);
        }
        require(
                used.equals(charged),
                "has used %s, and is charged for %s".formatted(used, charged));
    }

    private record Sum(long requests, Usage usage) {
        Sum plus(Sum other) {
            return new Sum(requests + other.requests, usage.plus(other.usage));
        }
    }

    private Usage usage(ResultLine line) {
        var answer = book.account(entry(line).id()).answers().get(line.body());
        if (answer == null) {
            throw violation("has an answer that nobody gave");
        }
        return answer.usage();
    }

    /** Where the index speaks of a line, it speaks the truth. */
    private void checkIndex(byte[] bytes) {
        var lines = new HashMap<CustomId, ResultLine>();
        ResultLines.read(bytes).lines().forEach(line -> lines.put(line.customId(), line));
        var numbers = new HashSet<Integer>();
        for (var indexed : StoredIndex.read(file("results.index"), flushesFail)) {
            var id = order.entries().get(indexed.number()).customId();
            if (order.rotten().contains(id)) {
                continue;
            }
            var line = lines.get(id);
            require(
                    numbers.add(indexed.number())
                            && line != null
                            && line.offset() == indexed.offset()
                            && line.length() == indexed.length()
                            && code(line.type()) == indexed.type()
                            && StoredIndex.crc(bytes, line.offset(), line.length())
                                    == indexed.crc(),
                    "has a wrong record in its index: " + indexed);
            if (line != null && line.type() == ResultType.SUCCEEDED) {
                require(usage(line).equals(indexed.usage()), "has a wrong usage in its index");
            }
        }
    }

    /** As the index writes it. */
    private static int code(ResultType type) {
        return switch (type) {
            case SUCCEEDED -> 0;
            case ERRORED -> 1;
            case CANCELED -> 2;
            case EXPIRED -> 3;
        };
    }
}
