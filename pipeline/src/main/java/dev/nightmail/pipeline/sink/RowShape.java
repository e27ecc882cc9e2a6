package dev.nightmail.pipeline.sink;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the rows of a sink are made of, beside the id.
 *
 * @param schema of the answers; null if any text will do
 * @param keep fields of the record that go with its answer
 * @param extras what is said of how the answer came about
 */
public record RowShape(@Nullable JsonNode schema, List<String> keep, List<ExtraColumn> extras) {

    public RowShape {
        keep = List.copyOf(keep);
        extras = List.copyOf(extras);
    }

    /** With one more extra column, unless it is among them. */
    RowShape with(ExtraColumn extra) {
        if (extras.contains(extra)) {
            return this;
        }
        var more = new ArrayList<>(extras);
        more.add(extra);
        return new RowShape(schema, keep, more);
    }

    /**
     * For rows of a file that has the columns it needs: where a simulator answered, each says
     * whether it did.
     */
    public static RowShape ofFile(SinkContext context) {
        return context.isSimulated()
                ? context.shape().with(ExtraColumn.SIMULATED)
                : context.shape();
    }

    /** The answer alone. */
    public static RowShape ofAnswer(@Nullable JsonNode schema) {
        return new RowShape(schema, List.of(), List.of());
    }
}
