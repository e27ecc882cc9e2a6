package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What was found so far. What could not be measured is missed, and the rest goes on. */
final class Rows {

    private final List<Finding> findings = new ArrayList<>();

    /** Measures, and adds what it finds. */
    interface Measurement {
        void measure() throws IOException, InterruptedException;
    }

    void add(Finding finding) {
        findings.add(finding);
    }

    /**
     * @param aims of the rows that it adds, by their names, as far as it gets to them
     */
    void measure(Measurement measurement, Missed... aims) throws IOException, InterruptedException {
        int before = findings.size();
        try {
            measurement.measure();
        } catch (BenchmarkFailure e) {
            var added =
                    findings.subList(before, findings.size()).stream().map(Finding::name).toList();
            for (var missed : aims) {
                if (!added.contains(missed.name())) {
                    findings.add(missed.because(e));
                }
            }
        }
    }

    /** A row that there may be no figure for. */
    record Missed(String name, Aim aim) {
        private Finding because(BenchmarkFailure failure) {
            double worst =
                    switch (aim) {
                        case Aim.AtMost _ -> Double.POSITIVE_INFINITY;
                        case Aim.AtLeast _ -> 0;
                    };
            return new Finding(
                    name, "no figure: " + failure.getMessage(), "", worst, aim, List.of());
        }
    }

    List<Finding> all() {
        return List.copyOf(findings);
    }
}
