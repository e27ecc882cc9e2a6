package dev.nightmail.pipeline.definition;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.FileSinkDefinition;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.source.SourceDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Where what a run leaves for people goes.
 *
 * @param sinks at least one; each gets every answer
 * @param failedFile records without an answer, one JSON line each with the reason; absent when
 *     there are none
 * @param reportFile a page that sums the run up
 */
public record OutputPlaces(List<OutputSink> sinks, Path failedFile, Path reportFile) {

    public OutputPlaces {
        sinks = List.copyOf(sinks);
    }

    /** Where a sample of the records goes, so that it never takes the place of all of them. */
    public OutputPlaces sample() {
        var samples = new ArrayList<OutputSink>();
        for (var sink : sinks) {
            var sample = sink.sample();
            // Those of two tables would be one file.
            if (samples.stream().noneMatch(other -> isSamePlace(other, sample))) {
                samples.add(sample);
            }
        }
        return new OutputPlaces(
                samples,
                FileSinkDefinition.sampleOf(failedFile),
                FileSinkDefinition.sampleOf(reportFile));
    }

    /** Whether two sinks write to one place. */
    static boolean isSamePlace(OutputSink one, OutputSink other) {
        var file = one.definition().file();
        var second = other.definition().file();
        if (file.isPresent() && second.isPresent()) {
            return PathRule.same(file.get().path(), second.get().path());
        }
        return one.definition().place().equals(other.definition().place());
    }

    /** Every file a run writes. */
    public List<NamedFile> files() {
        var files = new ArrayList<NamedFile>();
        sinks.forEach(sink -> sink.definition().file().ifPresent(files::add));
        files.add(failed());
        files.add(report());
        return files;
    }

    /**
     * What of it the source reads, or would read once it is there; a sentence each.
     *
     * @throws dev.nightmail.pipeline.source.SourceException if that cannot be told
     */
    public List<String> conflicts(SourceDefinition source) {
        var conflicts = new ArrayList<>(source.conflicts(files()));
        conflicts.addAll(
                source.conflictsElsewhere(
                        sinks.stream()
                                .map(OutputSink::definition)
                                .filter(sink -> sink.file().isEmpty())
                                .map(SinkDefinition::place)
                                .toList()));
        return conflicts;
    }

    /** Whether a sink takes standard output: then nothing else may be written there. */
    public boolean writesStandardOutput() {
        return sinks.stream().anyMatch(sink -> sink.definition().writesStandardOutput());
    }

    /** The fields of records that any sink keeps, each once. */
    public List<String> kept() {
        var kept = new LinkedHashSet<String>();
        sinks.forEach(sink -> kept.addAll(sink.keep()));
        return List.copyOf(kept);
    }

    public NamedFile failed() {
        return new NamedFile("sink.failed", failedFile);
    }

    public NamedFile report() {
        return new NamedFile("sink.report", reportFile);
    }
}
