package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a pipeline's answers go, as its file says. Holds no secret that its {@code toString} or
 * {@link #place} shows.
 */
public interface SinkDefinition {

    /** The file it writes; empty if it writes none. */
    default Optional<NamedFile> file() {
        return Optional.empty();
    }

    /**
     * The folder in which the records without an answer and the report are written, unless the
     * pipeline file names another.
     */
    Path folder();

    /** Whether it takes standard output: then nothing else may be written there. */
    default boolean writesStandardOutput() {
        return false;
    }

    /** What it writes to, as a person would name it: a path, or a table and its database. */
    String place();

    /**
     * Where a sample of the records goes, so that it never takes the place of all of them: a file,
     * or standard output, where nothing is replaced.
     */
    SinkDefinition sample();

    /** Nothing is looked at yet. */
    Sink open(SinkContext context);
}
