package dev.nightmail.bench;

import dev.nightmail.bench.measure.Finding;
import dev.nightmail.bench.measure.Scale;
import dev.nightmail.bench.process.Workbench;
import java.io.IOException;
import java.util.List;

/** Measures one thing, beside its limit, in turns. */
interface Benchmark {

    /**
     * @throws dev.nightmail.bench.measure.BenchmarkFailure if the server did something wrong
     */
    List<Finding> run(Workbench bench, Scale scale) throws IOException, InterruptedException;
}
