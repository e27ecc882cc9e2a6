package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.streams.StandardStreams;
import java.nio.file.Path;
import java.util.List;

/** What a source is told of the pipeline it belongs to, and may tell it. */
public interface SourceContext {

    /** What the pipeline is made of and what it writes: none of it is a record. */
    List<Path> ownFiles();

    /**
     * Where a source may keep what it fetched while it is read. The folder need not be there, and
     * is no other's.
     */
    Path workFolder();

    /**
     * Whether the pipeline's state was made by a release that read values in another way: read
     * otherwise, records would be asked, and paid for, again.
     */
    boolean readsAsBefore();

    /** From now on values are read as a new pipeline's would be. */
    void readAsNew();

    /** The standard streams of the process. */
    default StandardStreams streams() {
        return StandardStreams.none();
    }

    /** Tells the author of the pipeline something, in a sentence without its full stop. */
    void note(String sentence);
}
