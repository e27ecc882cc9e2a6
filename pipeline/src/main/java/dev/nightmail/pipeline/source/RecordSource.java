package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.definition.NamedFile;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.definition.SourceDefinition;
import java.util.List;

/**
 * Gives the records of a pipeline, in the same order each time as long as its files and its SQL
 * order stay the same.
 */
public interface RecordSource {

    RecordCursor open();

    /**
     * Which of the files to be written the source reads, or would read once they are there; a
     * sentence each.
     *
     * @throws SourceException if that cannot be told
     */
    List<String> conflicts(List<NamedFile> outputs);

    static RecordSource of(PipelineDefinition pipeline, Reading reading) {
        return switch (pipeline.source()) {
            case SourceDefinition.Sql(var query, var _) ->
                    new SqlSource(pipeline.paths(), query, reading);
            case SourceDefinition.TextFiles(var glob, var encoding) ->
                    new TextFilesSource(pipeline.paths(), glob, encoding, pipeline.ownFiles());
        };
    }
}
