package dev.nightmail.pipeline.definition;

import dev.nightmail.pipeline.definition.SinkSection.Read.Placed;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which files a run may write: no output is a file the pipeline is made of, be it under another
 * name, and none is two at once.
 *
 * @param file the pipeline file
 * @param inputs what it is made of, itself included
 */
record OutputRule(Path file, List<NamedFile> inputs, PathRule paths) {

    /** Where a server inside the process keeps its batches while a run is under way. */
    private static final String SERVER_FOLDER = ".nightmail";

    void check(SinkSection.Read sink, OutputPlaces outputs) {
        var placed = sink.placed(outputs.sinks(), outputs);
        var refused = new HashSet<Placed>();
        for (var output : placed) {
            if (isRefused(output)) {
                refused.add(output);
            }
        }
        var samples =
                sink.placed(
                        outputs.sinks().stream().map(OutputSink::sample).toList(),
                        outputs.sample());
        for (var sample : samples) {
            if (refused.stream().noneMatch(sample::isNamedLike)) {
                isRefused(sample);
            }
        }
        refuseTwins(placed);
    }

    private static void refuseTwins(List<Placed> places) {
        for (int first = 0; first < places.size(); first++) {
            for (int second = first + 1; second < places.size(); second++) {
                if (PathRule.same(places.get(first).file(), places.get(second).file())
                        && !places.get(second).isOfAnswers()) {
                    places.get(first)
                            .problem(
                                    "answers, failed records and report need three different files");
                    return;
                }
            }
        }
    }

    private boolean isRefused(Placed output) {
        var refusal = refusal(output.file());
        refusal.ifPresent(output::problem);
        return refusal.isPresent();
    }

    /** {@code file} for {@code sink.file}. */
    static String nameIn(String key) {
        return key.substring(key.indexOf('.') + 1);
    }

    private Optional<String> refusal(Path output) {
        var shown = paths.shown(output);
        for (var input : inputs) {
            if (PathRule.same(input.path(), output)) {
                return Optional.of(
                        shown
                                + " is "
                                + (input.path().equals(file) ? "" : "the file of ")
                                + input.key()
                                + " and would be overwritten: name another file");
            }
        }
        var state = PathRule.real(PipelineDefinition.stateFileOf(file));
        var place = PathRule.real(output);
        if (place.toString()
                .toLowerCase(Locale.ROOT)
                .startsWith(state.toString().toLowerCase(Locale.ROOT))) {
            return Optional.of(shown + " belongs to the pipeline's own state: name another file");
        }
        if (place.startsWith(PathRule.real(paths.folder().resolve(SERVER_FOLDER)))) {
            return Optional.of(
                    shown
                            + " lies in "
                            + SERVER_FOLDER
                            + ", which is removed after a run: name another folder");
        }
        return paths.refusal(output);
    }
}
