package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.OutputDefinition;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.AnswerFile;
import dev.nightmail.pipeline.sink.AnswerRows;
import dev.nightmail.pipeline.sink.ExtraColumn;
import dev.nightmail.pipeline.sink.Formulas;
import dev.nightmail.pipeline.sink.RowShape;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.sink.SinkFormat;
import dev.nightmail.pipeline.sink.WholeFile;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.streams.Packing;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers that a pipeline has at one moment into a file of its own, also while a run is
 * under way. Changes nothing of the pipeline, sends nothing and reads no source.
 *
 * @param target in the format its name says, packed if it ends in {@code .gz} or {@code .zst}
 * @param columns beside the answers; null: those of the pipeline's sinks
 * @param overwrite whether a file of that name may go
 */
public record PipelineExport(
        PipelineDefinition pipeline,
        Path target,
        @Nullable List<ExtraColumn> columns,
        Formulas formulas,
        boolean overwrite) {

    /**
     * Writes the newest answer of every record; all of them or nothing.
     *
     * @param notes is told, in a sentence each, what differs from what the author may expect
     * @return how many there are; empty if the pipeline has not been run yet, and nothing is
     *     written
     * @throws IllegalArgumentException if the name says no format
     * @throws SinkException if it cannot be written
     * @throws dev.nightmail.pipeline.state.StateException if the state cannot be read
     */
    public OptionalLong write(Consumer<String> notes) {
        var format = format();
        refuse();
        var looked = PipelineState.look(pipeline.stateFile());
        if (looked.isEmpty()) {
            return OptionalLong.empty();
        }
        try (var state = looked.get()) {
            var file =
                    new AnswerFile(
                            format,
                            formulas,
                            false,
                            Packing.ofFileName(target.toString()),
                            shape(state.batches().anySimulated()));
            file.notes().forEach(notes);
            var answers = new StateAnswers(state, false);
            var rows = new long[1];
            AnswerRows counted =
                    visitor -> {
                        rows[0] = 0;
                        answers.each(row -> {
                            rows[0]++;
                            visitor.visit(row);
                        });
                    };
            WholeFile.replace(target, file.filling(counted, notes), _ -> {});
            return OptionalLong.of(rows[0]);
        }
    }

    private SinkFormat format() {
        var name = target.toString();
        var format = SinkFormat.ofFileName(Packing.unpackedName(name)).orElse(null);
        if (format == null
                || (format == SinkFormat.PARQUET && Packing.ofFileName(name) != Packing.NONE)) {
            throw new IllegalArgumentException(
                    "must end in .jsonl, .csv or .parquet, or in .jsonl or .csv with .gz or .zst behind it, not "
                            + target.getFileName());
        }
        return format;
    }

    private void refuse() {
        if (pipeline.ownFiles().stream().anyMatch(own -> PathRule.same(own, target))) {
            throw new SinkException(
                    "%s is a file of the pipeline: name another".formatted(target), null);
        }
        var conflicts = pipeline.source().conflicts(List.of(new NamedFile("--to", target)));
        if (!conflicts.isEmpty()) {
            throw new SinkException(conflicts.getFirst(), null);
        }
        if (!overwrite && PathRule.isTaken(target)) {
            throw new SinkException(
                    "%s is there already: name another file, or replace it with --overwrite"
                            .formatted(target),
                    null);
        }
        WholeFile.check("--to", target);
    }

    private RowShape shape(boolean anySimulated) {
        var extras = new LinkedHashSet<ExtraColumn>();
        if (columns != null) {
            extras.addAll(columns);
        } else {
            pipeline.outputs().sinks().forEach(sink -> extras.addAll(sink.extras()));
        }
        if (anySimulated) {
            extras.add(ExtraColumn.SIMULATED);
        }
        return new RowShape(
                pipeline.outputIfAny().map(OutputDefinition::schema).orElse(null),
                pipeline.outputs().kept(),
                List.copyOf(extras));
    }
}
