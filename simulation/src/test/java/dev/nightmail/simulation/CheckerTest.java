package dev.nightmail.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.simulation.world.Defect;
import dev.nightmail.simulation.world.FailedRun;
import dev.nightmail.simulation.world.World;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A check that nothing could fail would prove nothing: what is broken on purpose is found. */
class CheckerTest {

    private static final int SEEDS_MAX = 250;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aDefectIsFoundWithinSomeSeeds(Defect defect) {
        assertThat(LongStream.rangeClosed(1, SEEDS_MAX).anyMatch(seed -> isFound(defect, seed)))
                .isTrue();
    }

    private static boolean isFound(Defect defect, long seed) {
        try {
            new World(seed, defect, 0).run();
            return false;
        } catch (FailedRun e) {
            return true;
        }
    }
}
