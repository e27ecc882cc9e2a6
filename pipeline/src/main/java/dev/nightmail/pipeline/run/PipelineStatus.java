package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.state.BatchTable.BatchRow;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.RecordCounts;
import dev.nightmail.pipeline.state.StoredPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline stands, as its state has it at one moment. Reading it changes nothing and waits
 * for nobody, so it may be read while a run is under way.
 *
 * @param plan the last reading of the source; null if there was none
 * @param failed records set aside, by kind of failure
 * @param out batches that are submitted, or may be, oldest first
 * @param over the last {@link #OVER_MAX} of the others, newest first
 * @param batches that an endpoint took, over all runs
 */
public record PipelineStatus(
        String pipeline,
        String model,
        boolean runUnderWay,
        @Nullable StoredPlan plan,
        RecordCounts records,
        Map<String, Long> failed,
        List<Batch> out,
        List<Batch> over,
        long batches) {

    /** As many as fit on a screen. */
    public static final int OVER_MAX = 10;

    /**
     * One batch.
     *
     * @param costMicros of the results that are here, as its endpoint billed them, or would have if
     *     they were not made up; null if the model's price is not known
     */
    public record Batch(BatchRow row, @Nullable Long costMicros) {}

    public PipelineStatus {
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
        out = List.copyOf(out);
        over = List.copyOf(over);
    }

    /**
     * Reads it.
     *
     * @throws dev.nightmail.pipeline.state.StateException if the state cannot be read
     */
    public static PipelineStatus read(PipelineDefinition pipeline, RunEnvironment around) {
        var prices = PipelineRun.pricesOf(pipeline, around);
        var underWay = PipelineState.isRunUnderWay(pipeline.stateFile());
        try (var state =
                PipelineState.look(pipeline.stateFile()).orElseGet(PipelineState::scratch)) {
            var plan = state.records().latestPlan();
            return new PipelineStatus(
                    pipeline.name(),
                    pipeline.model(),
                    underWay,
                    plan.orElse(null),
                    plan.map(stored -> state.records().counts(stored.plan()))
                            .orElse(RecordCounts.NONE),
                    plan.map(stored -> state.records().failures(stored.plan())).orElse(Map.of()),
                    priced(state.batches().out(), state, prices),
                    priced(state.batches().over(OVER_MAX), state, prices),
                    state.batches().sent());
        }
    }

    private static List<Batch> priced(List<BatchRow> rows, PipelineState state, PriceList prices) {
        var batches = new ArrayList<Batch>();
        for (var row : rows) {
            var account = new Account(prices, state.batches().spentOn(row));
            batches.add(new Batch(row, account.costMicros(row.billing())));
        }
        return batches;
    }

    /** How many of the batches that are out an endpoint of this identity has, or may have. */
    public long outAt(String endpoint) {
        return out.stream().filter(batch -> batch.row().endpoint().equals(endpoint)).count();
    }
}
