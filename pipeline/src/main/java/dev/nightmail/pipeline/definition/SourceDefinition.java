package dev.nightmail.pipeline.definition;

/** Where a pipeline's records come from. */
public sealed interface SourceDefinition {

    /** One SELECT over files in the pipeline's folder; its result needs a column {@code id}. */
    record Sql(String query) implements SourceDefinition {}

    /**
     * Text files, one record each, with the fields {@code id}, {@code path} and {@code text}. A
     * folder means all files below it.
     */
    record TextFiles(String glob) implements SourceDefinition {}
}
