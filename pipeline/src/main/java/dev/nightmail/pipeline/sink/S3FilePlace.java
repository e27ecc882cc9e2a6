package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.s3.S3Failure;
import dev.nightmail.pipeline.s3.S3Place;
import dev.nightmail.pipeline.s3.S3Store;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An object in S3: a file is filled beside the pipeline, and put there once it is whole. */
final class S3FilePlace implements FilePlace {

    /** Each time all of it is sent. */
    private static final Duration PAUSE_MIN = Duration.ofMinutes(1);

    private final SinkContext context;
    private final S3Place place;
    private final Path work;
    private @Nullable S3Store store;

    /**
     * @param work the file that is filled
     */
    S3FilePlace(SinkContext context, S3Place place, Path work) {
        this.context = context;
        this.place = place;
        this.work = work;
    }

    @Override
    public void check() {
        try {
            WholeFile.check("sink.file", work);
            clear();
            store().checkWritable(place);
            refuseForeign();
        } catch (S3Failure e) {
            throw failure(e);
        }
    }

    @Override
    public void replace(WholeFile.Filling filling) {
        try {
            refuseForeign();
            Files.createDirectories(work.resolveSibling(""));
            filling.fill(work);
            store().put(work, place, context.pipelineId());
        } catch (S3Failure e) {
            throw failure(e);
        } catch (IOException e) {
            throw new SinkException("cannot write " + work + ": " + WholeFile.reason(e), e);
        } finally {
            clear();
        }
    }

    private void refuseForeign() {
        var owner = store().owner(place);
        if (!context.mayOverwrite()
                && owner.isPresent()
                && !owner.get().equals(context.pipelineId())) {
            throw new SinkException(
                    "sink.file: %s is there already, and this pipeline did not write it: move it away, name another key, or replace it with --overwrite"
                            .formatted(place),
                    null);
        }
    }

    private S3Store store() {
        if (store == null) {
            store = S3Store.open();
        }
        return store;
    }

    private static SinkException failure(S3Failure e) {
        return new SinkException("sink.file: " + e.getMessage() + ". No answer is lost", e);
    }

    /** The file, and the folders that were made for it. */
    private void clear() {
        try {
            Files.deleteIfExists(work);
            Files.deleteIfExists(work.resolve("..").normalize());
            Files.deleteIfExists(work.resolve("../..").normalize());
        } catch (DirectoryNotEmptyException | NoSuchFileException _) {
            // Others are at work there.
        } catch (IOException e) {
            throw new SinkException("cannot clear " + work + ": " + WholeFile.reason(e), e);
        }
    }

    @Override
    public Duration pauseMin() {
        return PAUSE_MIN;
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
    }
}
