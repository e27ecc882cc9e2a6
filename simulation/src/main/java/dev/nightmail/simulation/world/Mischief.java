package dev.nightmail.simulation.world;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.simulation.client.Book;
import dev.nightmail.simulation.client.Order;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** What happens to a machine beside the faults of single steps, until the faults cease. */
final class Mischief {

    /** A stored line holds the custom_id and what is around it in so many bytes. */
    private static final int ID_BYTES_MAX = 100;

    private final Machine machine;
    private final Baton baton;
    private final Faults faults;
    private final Book book;
    private final SimulatedClock clock;
    private final RandomGenerator random;

    Mischief(
            Machine machine,
            Baton baton,
            Faults faults,
            Book book,
            SimulatedClock clock,
            RandomGenerator random) {
        this.machine = machine;
        this.baton = baton;
        this.faults = faults;
        this.book = book;
        this.clock = clock;
        this.random = random;
    }

    private boolean isOverAfter(long millisMax) {
        baton.sleep(Duration.ofMillis(random.nextLong(millisMax >>> random.nextInt(8)) + 1));
        return faults.isHealed();
    }

    /** The clock is set, forward or back; or the machine sleeps. */
    void setClocks() {
        while (!isOverAfter(60_000)) {
            long longest = Duration.ofHours(2).toMillis() >>> random.nextInt(20);
            var by = Duration.ofMillis(random.nextLong(longest) + 1);
            switch (random.nextInt(3)) {
                case 0 -> clock.set(by);
                case 1 -> clock.set(by.negated());
                default -> {
                    baton.freeze(by);
                    book.clockSet(baton.nanos());
                }
            }
            baton.note("clock set");
        }
    }

    /** The disk is full, and has room again. */
    void fillDisk() {
        while (!isOverAfter(30_000)) {
            faults.diskFull(random.nextBoolean());
        }
    }

    /** In each batch a bit of a stored request flips, if chance will have it. */
    void rotRequests() {
        for (var name : machine.disk().list(Machine.BATCHES)) {
            var file = Machine.BATCHES.resolve(name).resolve("requests.jsonl");
            var bytes = machine.disk().contents().get(file);
            var order = machine.witness().order(book, new BatchId(name));
            if (bytes != null && bytes.length > 0 && order.isPresent()) {
                rot(order.get(), file, bytes);
            }
        }
    }

    /** Which request it is, is all that is known of it; so the ends of lines stay what they are. */
    private void rot(Order order, Path file, byte[] bytes) {
        int at = random.nextInt(bytes.length);
        if (bytes[at] == '\n') {
            return;
        }
        int number = 0;
        int start = 0;
        for (int i = 0; i < at; i++) {
            if (bytes[i] == '\n') {
                number++;
                start = i + 1;
            }
        }
        if (at - start > ID_BYTES_MAX && number < order.entries().size()) {
            order.rots(order.entries().get(number).customId());
            machine.disk().rot(file, at, random.nextInt(8));
            baton.note("rot");
        }
    }
}
