package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.paths.NamedFile;
import java.util.List;

/**
 * Where a pipeline's records come from, as its file says. Holds no secret that its {@code toString}
 * shows.
 */
public interface SourceDefinition {

    /** Nothing is read yet. */
    RecordSource open(SourceContext context);

    /**
     * Whether it takes standard input: then nobody can answer a question there, and it can be read
     * once only.
     */
    default boolean readsStandardInput() {
        return false;
    }

    /**
     * Which of the files to be written the source reads, or would read once they are there; a
     * sentence each.
     *
     * @throws SourceException if that cannot be told
     */
    default List<String> conflicts(List<NamedFile> outputs) {
        return List.of();
    }

    /**
     * The same of what sinks write that is no file, by its name alone: nobody is called.
     *
     * @param places as sinks call them, such as {@code s3://bucket/key}
     * @throws SourceException if that cannot be told
     */
    default List<String> conflictsElsewhere(List<String> places) {
        return List.of();
    }
}
