package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.cost.Usage;
import dev.nightmail.pipeline.state.BatchTable.SentBatch;
import dev.nightmail.pipeline.state.RecordTable.SetAside;
import java.time.Instant;
import java.util.List;

/**
 * What {@code report.html} tells: the run that just ended, and the pipeline over all its runs.
 *
 * @param batches of all runs taken together
 * @param usage of all runs
 * @param latestBatches the last ones, newest first
 * @param setAside the first records without an answer, in source order
 */
record Report(
        RunSummary summary,
        Instant finishedAt,
        long batches,
        Usage usage,
        List<SentBatch> latestBatches,
        List<SetAside> setAside) {

    Report {
        latestBatches = List.copyOf(latestBatches);
        setAside = List.copyOf(setAside);
    }
}
