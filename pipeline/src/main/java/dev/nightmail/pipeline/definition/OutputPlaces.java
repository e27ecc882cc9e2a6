package dev.nightmail.pipeline.definition;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.sink.FileSinkDefinition;
import dev.nightmail.pipeline.sink.SinkDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where what a run leaves for people goes.
 *
 * @param answers the sink
 * @param failedFile records without an answer, one JSON line each with the reason; absent when
 *     there are none
 * @param reportFile a page that sums the run up
 */
public record OutputPlaces(SinkDefinition answers, Path failedFile, Path reportFile) {

    /** Where a sample of the records goes, so that it never takes the place of all of them. */
    public OutputPlaces sample() {
        return new OutputPlaces(
                answers.sample(),
                FileSinkDefinition.sampleOf(failedFile),
                FileSinkDefinition.sampleOf(reportFile));
    }

    /** Every file a run writes. */
    public List<NamedFile> files() {
        var files = new ArrayList<NamedFile>();
        answers.file().ifPresent(files::add);
        files.add(failed());
        files.add(report());
        return files;
    }

    public NamedFile failed() {
        return new NamedFile("sink.failed", failedFile);
    }

    public NamedFile report() {
        return new NamedFile("sink.report", reportFile);
    }
}
