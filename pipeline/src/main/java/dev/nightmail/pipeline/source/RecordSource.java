package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.definition.SourceDefinition;

/**
 * Gives the records of a pipeline, in the same order each time as long as its files and its SQL
 * order stay the same.
 */
public interface RecordSource {

    RecordCursor open();

    static RecordSource of(PipelineDefinition pipeline) {
        return switch (pipeline.source()) {
            case SourceDefinition.Sql(var query) -> new SqlSource(pipeline.folder(), query);
            case SourceDefinition.TextFiles(var glob) ->
                    new TextFilesSource(pipeline.folder(), glob);
        };
    }
}
