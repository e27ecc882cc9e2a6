package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.cost.CostEstimate;
import dev.nightmail.pipeline.cost.Tariff;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.state.RecordCounts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run would do.
 *
 * @param records where the records stand; the outstanding ones would be sent
 * @param inDoubt batches of which no answer said whether the endpoint took them; their records are
 *     among the submitted ones
 * @param tariff what answers cost there
 * @param estimate for the outstanding records
 * @param sample one prompt as the model would read it; null if the source has no records
 * @param unusable the records that cannot be asked
 * @param tooLong requests that the model is not likely to read to their end, a line each
 * @param spentMicros what earlier runs of this pipeline were charged; null if a model of theirs has
 *     no known price
 */
public record Preview(
        String pipeline,
        String model,
        String endpoint,
        PromptVersion promptVersion,
        RecordCounts records,
        List<InDoubt> inDoubt,
        Tariff tariff,
        CostEstimate estimate,
        @Nullable RenderedPrompt sample,
        Unusable unusable,
        List<String> tooLong,
        @Nullable Long spentMicros) {

    public Preview {
        inDoubt = List.copyOf(inDoubt);
        tooLong = List.copyOf(tooLong);
    }

    /**
     * What is known of unusable records.
     *
     * @param allowed how many there may be; with more, a run stops before it sends anything
     * @param first where the first ones are and what is wrong with them, a line each
     */
    public record Unusable(long allowed, List<String> first) {
        public static final Unusable NONE = new Unusable(0, List.of());

        public Unusable {
            first = List.copyOf(first);
        }
    }

    /** A batch whose create call got no answer. */
    public record InDoubt(int number, int requests) {}

    /** The user message of one record. */
    public record RenderedPrompt(String recordId, String text) {}
}
