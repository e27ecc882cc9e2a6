package dev.nightmail.simulation.world;

import java.util.List;

/** A run in which something was seen that must not be. The message says how to see it again. */
public final class FailedRun extends AssertionError {

    FailedRun(long seed, String plan, List<String> lastSteps, Throwable cause) {
        super(
                "seed %d: %s%nreplay: mvn verify -pl simulation -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=WholeServerTest -Dnightmail.simulation.seed=%d%n%s%n%s"
                        .formatted(
                                seed, cause.getMessage(), seed, plan, String.join("\n", lastSteps)),
                cause);
    }
}
