package dev.nightmail.simulation.client;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.journal.ResultFile;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.BatchDesk.Cancellation;
import dev.nightmail.engine.desk.BatchDesk.Deletion;
import dev.nightmail.engine.desk.BatchDesk.Results;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import dev.nightmail.simulation.client.Server.Unanswered;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hands in an order, again until it is told that it was accepted; looks, lists, cancels, downloads,
 * deletes; and holds the server to what it was told.
 */
public final class Client {

    private static final BatchPage.Query ALL =
            new BatchPage.Query(1000, new BatchPage.Place.Newest());

    private final Baton baton;
    private final Server server;
    private final Book book;
    private final Order order;
    private final Witness witness;
    private final RandomGenerator random;
    private final Manners manners;

    /**
     * What a client does beside handing in and looking.
     *
     * @param patience longest wait between two questions
     */
    public record Manners(boolean cancels, boolean deletes, Duration patience) {}

    public Client(
            Baton baton,
            Server server,
            Book book,
            Order order,
            Witness witness,
            RandomGenerator random,
            Manners manners) {
        this.baton = baton;
        this.server = server;
        this.book = book;
        this.order = order;
        this.witness = witness;
        this.random = random;
        this.manners = manners;
    }

    /** The whole of it: ends when the client has all it wants. */
    public void run() {
        rest();
        while (order.accepted() == null && !order.isGivenUp()) {
            submit();
            rest();
        }
        while (order.accepted() != null && !isSatisfied()) {
            act();
            rest();
        }
        if (order.accepted() != null && manners.deletes()) {
            while (!order.isDeleteTold()) {
                delete();
                rest();
            }
            mustBeGone();
        }
    }

    /** The same order once more, at the same time: nobody may get two batches for one key. */
    public void runTwin() {
        rest();
        while (order.accepted() == null && !order.isGivenUp()) {
            submit();
            rest();
        }
    }

    private void rest() {
        long nanos = manners.patience().toNanos() >>> random.nextInt(12);
        baton.sleep(Duration.ofNanos(random.nextLong(nanos) + 1));
    }

    /** The answer; null if there was none, or a failure. */
    private <T> @Nullable T ask(Function<BatchDesk, T> question) {
        try {
            return server.ask(question);
        } catch (Unanswered | JournalException | CatalogException | StoppingException e) {
            baton.note("no answer");
            return null;
        }
    }

    // Handing in

    private void submit() {
        order.submitting();
        var submission = ask(this::submit);
        switch (submission) {
            case null -> {
                if (order.idempotencyKey() == null) {
                    order.giveUp();
                }
            }
            case Submission.Accepted(var batch) -> accepted(batch);
            case Submission.Replayed(var batch) -> accepted(batch);
            case Submission.KeyReused _ ->
                    throw new Violation(order.name() + " is told that its body was another before");
        }
    }

    private Submission submit(BatchDesk desk) {
        try (var draft = desk.draft()) {
            for (var entry : order.entries()) {
                var params = entry.params().array();
                draft.add(
                        entry.customId(),
                        new RequestSummary(entry.model(), params.length / 4, 100),
                        params,
                        0,
                        params.length);
            }
            return desk.submit(
                    draft,
                    new BatchDesk.Terms(
                            order.workspace(),
                            order.key(),
                            ApiVersion.V2026_10_21,
                            List.of(),
                            null,
                            order.bodySha256(),
                            order.idempotencyKey()));
        }
    }

    private void accepted(Batch batch) {
        if (order.isDeleteAsked()) {
            // The key was free again when this create, which took long, came to its row.
            return;
        }
        witness.accepts(order, batch);
        order.accepted(batch.header());
        baton.note("accepted " + order.name());
    }

    // Looking

    private boolean isSatisfied() {
        return order.isDeleteAsked() || order.results() != null || order.stageSeen() == 3;
    }

    private void act() {
        switch (random.nextInt(8)) {
            case 0 -> list();
            case 1 -> {
                if (manners.cancels()) {
                    cancel();
                } else {
                    look();
                }
            }
            case 2, 3 -> download();
            default -> look();
        }
    }

    private void look() {
        var id = header().id();
        var found = ask(desk -> desk.find(order.workspace(), id));
        if (found != null) {
            witness.sees(order, found.orElseThrow(this::gone));
        }
    }

    private BatchHeader header() {
        var header = order.accepted();
        if (header == null) {
            throw new IllegalStateException("not accepted yet");
        }
        return header;
    }

    private Violation gone() {
        return new Violation(order.name() + " was accepted and is not found");
    }

    private void list() {
        var expected =
                book.orders().stream()
                        .filter(other -> other.workspace().equals(order.workspace()))
                        .filter(other -> other.id() != null)
                        .toList();
        var page = ask(desk -> desk.page(order.workspace(), ALL));
        if (page == null) {
            return;
        }
        var ids = page.batches().stream().map(Batch::id).toList();
        for (var other : expected) {
            long times = ids.stream().filter(id -> id.equals(other.id())).count();
            if (times != 1 && !(times == 0 && other.isDeleteAsked())) {
                throw new Violation(other.name() + " is in the list " + times + " times");
            }
        }
    }

    // Calling off

    private void cancel() {
        order.cancelAsked();
        switch (ask(desk -> desk.cancel(order.workspace(), header().id()))) {
            case null -> {}
            case Cancellation.Canceling(var batch) -> {
                witness.sees(order, batch);
                order.cancelTold(baton.nanos());
            }
            case Cancellation.AlreadyEnded(var batch) -> witness.sees(order, batch);
            case Cancellation.NotFound _ -> throw gone();
        }
    }

    // Taking home

    private void download() {
        switch (ask(desk -> desk.results(order.workspace(), header().id()))) {
            case null -> {}
            case Results.Ready(var batch, var file) -> {
                witness.sees(order, batch);
                readTwice(file);
            }
            case Results.NotEnded(var batch) -> witness.sees(order, batch);
            case Results.Archived(var batch) -> witness.sees(order, batch);
            case Results.NotFound _ -> {
                // Archived a moment ago, if it was to be.
                if (!book.isArchivable(header())) {
                    throw new Violation(order.name() + " has no results to download");
                }
            }
        }
    }

    private void readTwice(ResultFile file) {
        var bytes = ask(_ -> read(file));
        if (bytes == null) {
            return;
        }
        var before = order.results();
        if (before != null && !Arrays.equals(before, bytes)) {
            throw new Violation(order.name() + " has other results than before");
        }
        order.results(bytes);
    }

    private byte[] read(ResultFile file) {
        try (var channel = file.open()) {
            var bytes = ByteBuffer.allocate(Math.toIntExact(file.length()));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            if (bytes.hasRemaining()) {
                throw new Violation(order.name() + ": the download ends before its length");
            }
            return bytes.array();
        } catch (IOException e) {
            throw new JournalException("download", new UncheckedIOException(e));
        }
    }

    // Clearing away

    private void delete() {
        boolean askedBefore = order.isDeleteAsked();
        order.deleteAsked();
        switch (ask(desk -> desk.delete(order.workspace(), header().id()))) {
            case null -> {}
            case Deletion.Deleted _ -> order.deleteTold();
            case Deletion.NotFound _ -> {
                if (!askedBefore) {
                    throw gone();
                }
                order.deleteTold();
            }
            case Deletion.StillProcessing _ ->
                    throw new Violation(order.name() + " had ended and is running again");
        }
    }

    private void mustBeGone() {
        for (int i = 0; i < 3; i++) {
            var found = ask(desk -> desk.find(order.workspace(), header().id()));
            if (found != null && found.isPresent()) {
                throw new Violation(order.name() + " was deleted and is found again");
            }
            rest();
        }
    }
}
