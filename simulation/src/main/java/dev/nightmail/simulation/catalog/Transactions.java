package dev.nightmail.simulation.catalog;

import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Life;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Statements of one process: each happens as a whole or not at all. */
final class Transactions {

    /** As long as the real one waits for a lock. */
    private static final long STALL_NANOS_MAX = Duration.ofSeconds(5).toNanos();

    private final Life life;
    private final Baton baton;
    private final Faults faults;
    private final RandomGenerator random;

    Transactions(Life life, Baton baton, Faults faults, RandomGenerator random) {
        this.life = life;
        this.baton = baton;
        this.faults = faults;
        this.random = random;
    }

    <T> T read(String what, Supplier<T> query) {
        life.point(what);
        failPerhaps(Fault.CATALOG_ERROR, what);
        return query.get();
    }

    <T> T write(String what, Supplier<T> statement) {
        life.point(what);
        if (faults.happens(Fault.CATALOG_STALLS)) {
            baton.sleep(Duration.ofNanos(random.nextLong(STALL_NANOS_MAX)));
        }
        failPerhaps(Fault.CATALOG_ERROR, what);
        var done = statement.get();
        life.point(what + " committed");
        failPerhaps(Fault.COMMIT_UNHEARD, what);
        return done;
    }

    private void failPerhaps(Fault fault, String what) {
        if (faults.happens(fault)) {
            baton.note("fault " + fault);
            throw new CatalogException("simulated failure: " + what);
        }
    }
}
