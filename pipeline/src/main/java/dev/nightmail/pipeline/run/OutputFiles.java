package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.sink.WholeFile;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.streams.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * Replaces and deletes what this pipeline wrote, and nothing else: a file that somebody else wrote,
 * or changed since, may be the only copy of their work. Which files are ours is in the state.
 */
final class OutputFiles {

    private final PipelineDefinition pipeline;
    private final PipelineState state;
    private final boolean overwrite;

    /**
     * @param overwrite whether the author said that files in the way may go
     */
    OutputFiles(PipelineDefinition pipeline, PipelineState state, boolean overwrite) {
        this.pipeline = pipeline;
        this.state = state;
        this.overwrite = overwrite;
    }

    /**
     * Before anything is paid for.
     *
     * @throws SinkException if the file could not be written, or is not this pipeline's to replace
     */
    void check(NamedFile output) {
        WholeFile.check(output.key(), output.path());
        refuseForeign(output);
    }

    /**
     * Puts a new file in the place of the old one.
     *
     * @throws SinkException if that cannot be done; the old file is still there
     */
    void replace(NamedFile output, WholeFile.Filling filling) {
        refuseForeign(output);
        var path = output.path();
        var sha256 =
                WholeFile.replace(
                        path,
                        filling,
                        content ->
                                state.inTransaction(() -> state.outputs().writing(path, content)));
        state.inTransaction(() -> state.outputs().written(path, sha256, seen(path)));
    }

    /** Whether the file was written with just these contents, and nobody touched it since. */
    boolean holds(NamedFile output, String contents) {
        return Files.isRegularFile(output.path(), LinkOption.NOFOLLOW_LINKS)
                && state.outputs().holds(output.path(), seen(output.path()), contents);
    }

    /** The file was just written, with these contents. */
    void noteContents(NamedFile output, String contents) {
        state.inTransaction(
                () -> state.outputs().holding(output.path(), seen(output.path()), contents));
    }

    /** Size, times and identity: whoever writes a file changes one of them. */
    private static String seen(Path path) {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return attributes.size()
                    + " "
                    + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)
                    + " "
                    + attributes.fileKey();
        } catch (IOException _) {
            // It looks like nothing that is known.
            return "";
        }
    }

    /** Removes a file of an earlier run that this run has nothing to say to. */
    void delete(NamedFile output) {
        if (PathRule.isTaken(output.path())) {
            refuseForeign(output);
            WholeFile.delete(output.path());
        }
        state.inTransaction(() -> state.outputs().deleted(output.path()));
    }

    /** Whether the author said that files in the way may go. */
    boolean mayOverwrite() {
        return overwrite;
    }

    /**
     * Whether this pipeline wrote what is there under this name as a whole, changed since or not.
     */
    boolean isWrittenWhole(NamedFile output) {
        return PathRule.isTaken(output.path())
                && (state.outputs().knows(output.path()) || isOurs(output));
    }

    private void refuseForeign(NamedFile output) {
        if (overwrite || !PathRule.isTaken(output.path()) || isOurs(output)) {
            return;
        }
        throw new SinkException(
                output.key()
                        + ": "
                        + pipeline.paths().shown(output.path())
                        + (state.outputs().knows(output.path())
                                ? " was changed since this pipeline wrote it"
                                : " is there already, and this pipeline did not write it")
                        + ": "
                        + renamed()
                        + "move it away, name another file, or replace it with --overwrite",
                null);
    }

    /**
     * A pipeline that has no state yet, beside one of another name: perhaps it was renamed, and all
     * it ever asked would be paid for again.
     */
    private String renamed() {
        if (state.records().latestPlan().isPresent()) {
            return "";
        }
        var own = pipeline.stateFile();
        try (var beside = Files.list(pipeline.folder())) {
            return beside.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".state.db"))
                    .filter(name -> !name.equals(String.valueOf(own.getFileName())))
                    .sorted()
                    .findFirst()
                    .map(name ->
                            "if the pipeline file was renamed, rename its state too (%s to %s), which knows what was asked and paid; else "
                                    .formatted(name, own.getFileName()))
                    .orElse("");
        } catch (IOException _) {
            return "";
        }
    }

    private boolean isOurs(NamedFile output) {
        var path = output.path();
        if (!Files.isRegularFile(path) || Files.isSymbolicLink(path)) {
            return false;
        }
        try {
            return state.outputs().mayBeUnrecorded(path)
                    ? FormerOutput.isOne(output, pipeline, state.records()::knows)
                    : state.outputs().wroteWhatLooksLike(path, seen(path))
                            || state.outputs().wrote(path, Sha256.ofFile(path));
        } catch (IOException e) {
            throw new SinkException(
                    output.key() + ": cannot read " + path + ": " + e.getMessage(), e);
        }
    }
}
