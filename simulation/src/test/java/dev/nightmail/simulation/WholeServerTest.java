package dev.nightmail.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.simulation.world.Defect;
import dev.nightmail.simulation.world.Report;
import dev.nightmail.simulation.world.World;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Seed after seed, until the server has died and come back twenty thousand times. */
class WholeServerTest {

    private static final int CRASH_STATES = 20_000;

    /** Runs one after the other; so many on each processor, since a run uses one at a time. */
    private static final int RUNS_AT_ONCE = 64;

    /** How much is told of a run that is replayed. */
    private static final int STEPS_TOLD = 500;

    @Test
    @DisabledIfSystemProperty(named = "nightmail.simulation.seed", matches = ".+")
    void whateverHappensNothingIsLostNothingDoubledAndNothingMixedUp() {
        long firstSeed = Long.getLong("nightmail.simulation.first", 1);
        int runs = Integer.getInteger("nightmail.simulation.runs", 0);
        var crashStates = new AtomicInteger();
        long seed = firstSeed;
        while (runs > 0 ? seed < firstSeed + runs : crashStates.get() < CRASH_STATES) {
            long from = seed;
            LongStream.range(from, from + RUNS_AT_ONCE)
                    .parallel()
                    .mapToObj(each -> new World(each, Defect.NONE, 0).run())
                    .mapToInt(Report::crashStates)
                    .forEach(crashStates::addAndGet);
            seed += RUNS_AT_ONCE;
        }
        System.out.printf(
                "simulation: %d crash states in %d runs, seeds %d to %d%n",
                crashStates.get(), seed - firstSeed, firstSeed, seed - 1);
        assertThat(crashStates.get()).isPositive();
    }

    @Test
    void theSameSeedIsTheSameRunByteForByte() {
        for (long seed = 1; seed <= 20; seed++) {
            var once = new World(seed, Defect.NONE, 0).run();

            assertThat(new World(seed, Defect.NONE, 0).run()).isEqualTo(once);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "nightmail.simulation.seed", matches = ".+")
    void replaysASeed() {
        long seed = Long.getLong("nightmail.simulation.seed");

        var report = new World(seed, Defect.NONE, STEPS_TOLD).run();

        System.out.println(report);
        assertThat(report.seed()).isEqualTo(seed);
    }
}
