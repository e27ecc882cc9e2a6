package dev.nightmail.pipeline.definition;

import dev.nightmail.pipeline.sink.ExtraColumn;
import dev.nightmail.pipeline.sink.RowShape;
import dev.nightmail.pipeline.sink.SinkDefinition;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One sink, and what its rows have beside the answer.
 *
 * @param keep fields of the record
 * @param extras what is said of how the answer came about
 */
public record OutputSink(SinkDefinition definition, List<String> keep, List<ExtraColumn> extras) {

    public OutputSink {
        keep = List.copyOf(keep);
        extras = List.copyOf(extras);
    }

    /** The answer alone. */
    public static OutputSink of(SinkDefinition definition) {
        return new OutputSink(definition, List.of(), List.of());
    }

    OutputSink sample() {
        return new OutputSink(definition.sample(), keep, extras);
    }

    /**
     * What its rows are made of.
     *
     * @param schema of the answers; null if any text will do
     */
    public RowShape shape(@Nullable JsonNode schema) {
        return new RowShape(schema, keep, extras);
    }
}
