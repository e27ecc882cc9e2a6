package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.time.Duration;
import java.time.Instant;

/** What a sink is told of the pipeline it belongs to, and may ask of the run. */
public interface SinkContext {

    /** What rows are made of. */
    RowShape shape();

    /** Whether a simulator answers, or answered any of the pipeline's records before. */
    default boolean isSimulated() {
        return false;
    }

    /** Names the pipeline's state: another state has another one, and numbers its answers anew. */
    String pipelineId();

    /** The standard streams of the process. */
    default StandardStreams streams() {
        return StandardStreams.none();
    }

    /** Tells the author of the pipeline something, in a sentence without its full stop. */
    void note(String sentence);

    /** What time it is. */
    Instant now();

    /** Waits. */
    void pause(Duration duration) throws InterruptedException;

    /** How long a run bears what it writes to being away. */
    Duration patience();

    /**
     * @throws SinkException if the file could not be written, or is not this pipeline's to replace
     */
    void checkFile(NamedFile file);

    /**
     * Puts a new file in the place of the old one.
     *
     * @throws SinkException if that cannot be done; the old file is still there
     */
    void replaceFile(NamedFile file, WholeFile.Filling filling);

    /** Whether the author said that what is in the way may go. */
    boolean mayOverwrite();

    /** What is known of a file to which answers are added. */
    AppendNotes appendNotes(NamedFile file);
}
