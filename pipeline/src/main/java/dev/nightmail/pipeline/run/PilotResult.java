package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.state.PilotBatches.Failures;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came of a pilot.
 *
 * @param requests it had
 * @param answered of them
 * @param allowed to fail
 * @param failures by kind
 */
public record PilotResult(
        long requests, long answered, long allowed, Map<String, Failures> failures) {

    public PilotResult {
        failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
    }

    /** Whether the rest may be sent. */
    public boolean hasPassed() {
        return requests - answered <= allowed;
    }

    /** Whether too many failed; if neither, it is not known of enough of them. */
    boolean hasFailed() {
        return failed() > allowed;
    }

    public long failed() {
        return failures.values().stream().mapToLong(Failures::records).sum();
    }
}
