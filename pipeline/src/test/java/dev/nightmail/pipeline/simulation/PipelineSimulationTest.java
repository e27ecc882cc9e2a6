package dev.nightmail.pipeline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seed after seed, until the runs of pipelines have died five thousand times. */
class PipelineSimulationTest {

    private static final int CRASH_STATES = 5_000;
    private static final int SEEDS_AT_ONCE = 16;
    private static final int SEEDS_FOR_A_DEFECT_MAX = 150;

    /** How much is told of a seed that is replayed. */
    private static final int STEPS_TOLD = 400;

    @Test
    @DisabledIfSystemProperty(named = "nightmail.simulation.seed", matches = ".+")
    void whateverHappensNothingIsLostNothingPaidTwiceAndNothingMixedUp() {
        long begin = System.nanoTime();
        long firstSeed = Long.getLong("nightmail.simulation.first", 1);
        int runs = Integer.getInteger("nightmail.simulation.runs", 0);
        var crashStates = new AtomicInteger();
        long seed = firstSeed;
        while (runs > 0 ? seed < firstSeed + runs : crashStates.get() < CRASH_STATES) {
            LongStream.range(seed, seed + SEEDS_AT_ONCE)
                    .parallel()
                    .mapToObj(each -> world(each, Defect.NONE, 0).run())
                    .mapToInt(Report::crashStates)
                    .forEach(crashStates::addAndGet);
            seed += SEEDS_AT_ONCE;
        }
        System.out.printf(
                "pipeline simulation: %d crash states in %d seeds, %d to %d, in %.1f s%n",
                crashStates.get(),
                seed - firstSeed,
                firstSeed,
                seed - 1,
                (System.nanoTime() - begin) / 1e9);
        assertThat(crashStates.get()).isPositive();
    }

    @Test
    void theSameSeedIsTheSameRunStepByStep() {
        for (long seed = 1; seed <= 10; seed++) {
            var once = world(seed, Defect.NONE, 0).run();

            assertThat(world(seed, Defect.NONE, 0).run()).isEqualTo(once);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aDefectIsFoundWithinSomeSeeds(Defect defect) {
        assertThat(
                        LongStream.rangeClosed(1, SEEDS_FOR_A_DEFECT_MAX)
                                .anyMatch(seed -> isFound(defect, seed)))
                .isTrue();
    }

    private static boolean isFound(Defect defect, long seed) {
        try {
            world(seed, defect, 0).run();
            return false;
        } catch (FailedRun e) {
            return true;
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "nightmail.simulation.seed", matches = ".+")
    void replaysASeed() {
        long seed = Long.getLong("nightmail.simulation.seed");

        var report = world(seed, Defect.NONE, STEPS_TOLD).run();

        System.out.println(report);
        assertThat(report.seed()).isEqualTo(seed);
    }

    private static World world(long seed, Defect defect, int traceLines) {
        return new World(seed, defect, folder(), traceLines);
    }

    /** In memory where the system has such a folder: commits are real, and need no disk. */
    private static Path folder() {
        var memory = Path.of("/dev/shm");
        var parent =
                Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
        try {
            return Files.createTempDirectory(parent, "nightmail-simulation");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
