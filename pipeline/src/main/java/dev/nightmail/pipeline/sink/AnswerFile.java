package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.definition.PipelineDefinition;

/** Writes a pipeline's answers into the file its {@code sink} names. */
public final class AnswerFile {

    private AnswerFile() {}

    /**
     * Replaces the file with these rows.
     *
     * @throws SinkException if it cannot be written; the old file is still there
     */
    public static void write(PipelineDefinition pipeline, AnswerRows rows) {
        var target = pipeline.sink().file();
        var columns = Columns.of(pipeline.output());
        switch (pipeline.sink().format()) {
            case JSONL -> WholeFile.write(target, out -> JsonLines.write(columns, rows, out));
            case CSV -> WholeFile.write(target, out -> Csv.write(columns, rows, out));
            case PARQUET ->
                    WholeFile.replace(target, partial -> Parquet.write(columns, rows, partial));
        }
    }
}
