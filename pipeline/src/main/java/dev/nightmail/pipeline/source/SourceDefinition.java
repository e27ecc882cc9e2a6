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
     * Which of the files to be written the source reads, or would read once they are there; a
     * sentence each.
     *
     * @throws SourceException if that cannot be told
     */
    default List<String> conflicts(List<NamedFile> outputs) {
        return List.of();
    }
}
