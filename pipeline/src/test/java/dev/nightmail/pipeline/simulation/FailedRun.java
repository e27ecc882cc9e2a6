package dev.nightmail.pipeline.simulation;

import java.util.List;

/** A seed in which something was seen that must not be. The message says how to see it again. */
@SuppressWarnings("serial")
public final class FailedRun extends AssertionError {
    FailedRun(long seed, String plan, List<String> lastSteps, Throwable cause) {
        super(
                "seed %d: %s%nreplay: mvn verify -pl pipeline -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=PipelineSimulationTest -Dnightmail.simulation.seed=%d%n%s%n%s"
                        .formatted(seed, cause, seed, plan, String.join("\n", lastSteps)),
                cause);
    }
}
