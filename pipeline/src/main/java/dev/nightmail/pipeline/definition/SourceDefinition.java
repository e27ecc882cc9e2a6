package dev.nightmail.pipeline.definition;

import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Where a pipeline's records come from. */
public sealed interface SourceDefinition {

    /**
     * One SELECT over files in the pipeline's folder; its result needs a column {@code id}.
     *
     * @param csv how cells of CSV files are read; null where the author says nothing: as text, or
     *     as an earlier release did if the pipeline's state was made by one
     */
    record Sql(String query, @Nullable CsvCells csv) implements SourceDefinition {}

    /**
     * Text files, one record each, with the fields {@code id}, {@code path} and {@code text}. A
     * folder means all files below it.
     *
     * @param encoding of all of them
     */
    record TextFiles(String glob, Charset encoding) implements SourceDefinition {}
}
