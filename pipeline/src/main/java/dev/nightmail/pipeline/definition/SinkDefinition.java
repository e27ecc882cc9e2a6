package dev.nightmail.pipeline.definition;

import java.nio.file.Path;
import java.util.List;

/**
 * Where answers go.
 *
 * @param file the answers, one row a record
 * @param formulas for a CSV file
 * @param failedFile records without an answer, one JSON line each with the reason; absent when
 *     there are none
 * @param reportFile a page that sums the run up
 */
public record SinkDefinition(
        Path file, SinkFormat format, Formulas formulas, Path failedFile, Path reportFile) {

    /** Where a sample of the records goes, so that it never takes the place of all of them. */
    public SinkDefinition sample() {
        return new SinkDefinition(
                sample(file), format, formulas, sample(failedFile), sample(reportFile));
    }

    /** Every file a run writes. */
    public List<NamedFile> files() {
        return List.of(answers(), failed(), report());
    }

    public NamedFile answers() {
        return new NamedFile("sink.file", file);
    }

    public NamedFile failed() {
        return new NamedFile("sink.failed", failedFile);
    }

    public NamedFile report() {
        return new NamedFile("sink.report", reportFile);
    }

    private static Path sample(Path path) {
        var name = String.valueOf(path.getFileName());
        var dot = name.lastIndexOf('.');
        return path.resolveSibling(
                dot > 0
                        ? name.substring(0, dot) + ".sample" + name.substring(dot)
                        : name + ".sample");
    }
}
