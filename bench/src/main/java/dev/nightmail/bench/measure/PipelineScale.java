package dev.nightmail.bench.measure;

import java.time.Duration;

/**
 * How many records pipelines have.
 *
 * @param records of an ordinary large one
 * @param many of the largest
 * @param few of one that is held against the largest
 * @param fewest of one that is small
 * @param rows that are read from a database, and written into one
 * @param rounds in which a pipeline and its limit are measured in turn
 * @param watch how long a process is watched that only waits
 */
public record PipelineScale(
        int records, int many, int few, int fewest, int rows, int rounds, Duration watch) {

    static final PipelineScale FULL =
            new PipelineScale(
                    1_000_000, 5_000_000, 100_000, 10_000, 500_000, 3, Duration.ofMinutes(1));

    static final PipelineScale SMOKE =
            new PipelineScale(2_000, 4_000, 1_000, 1_000, 4_000, 1, Duration.ofSeconds(3));

    PipelineScale withRecords(int records) {
        return new PipelineScale(
                records,
                5 * records,
                Math.max(1, records / 10),
                // Below a few thousand nothing but the warming up of a process would be seen.
                Math.max(records / 100, Math.min(records, 2_000)),
                Math.max(1, records / 2),
                rounds,
                watch);
    }
}
