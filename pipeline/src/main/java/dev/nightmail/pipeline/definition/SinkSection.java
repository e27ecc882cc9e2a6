package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Alternatives;
import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.sink.SinkProvider;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code sink}: one of the kinds there are, which reads its own keys, and the files beside it. */
final class SinkSection {

    private static final Key<String> FAILED =
            Key.of(
                    "failed",
                    Kinds.text(),
                    "A file of the records without an answer, with the reason; failed.jsonl unless it is named.");
    private static final Key<String> REPORT =
            Key.of(
                    "report",
                    Kinds.text(),
                    "A page that sums the run up; report.html unless it is named.");
    private static final Keys BESIDE = Keys.of(FAILED, REPORT);

    private final Alternatives<SinkProvider> kinds;
    private final Key<YamlSection> key;

    SinkSection(List<SinkProvider> providers) {
        var shapes =
                providers.stream().map(SinkProvider::shape).collect(Collectors.joining(" or "));
        this.kinds =
                new Alternatives<>(
                        providers,
                        SinkProvider::key,
                        provider -> provider.keys().and(BESIDE),
                        "{ file: results.jsonl }");
        this.key =
                Key.of("sink", kinds, "Where the answers go.")
                        .required("give " + shapes + "; a file ends in .jsonl, .csv or .parquet");
    }

    Key<YamlSection> key() {
        return key;
    }

    /** What was read, with the section it stands in, for what is found out later. */
    record Read(YamlSection section, @Nullable OutputPlaces places) {}

    @Nullable Read read(YamlSection root, ReferencedFiles files, String pipeline) {
        var section = root.read(key);
        return section == null ? null : new Read(section, places(section, files, pipeline));
    }

    private @Nullable OutputPlaces places(
            YamlSection section, ReferencedFiles files, String pipeline) {
        section.declare(BESIDE);
        var failed = section.read(FAILED);
        var report = section.read(REPORT);
        var failedPath = failed == null ? null : files.path(section, FAILED.name(), failed);
        var reportPath = report == null ? null : files.path(section, REPORT.name(), report);
        var kind = kinds.chosen(section);
        var sink = kind == null ? null : kind.read(section, files.paths(), pipeline);
        if (sink == null
                || (failed != null && failedPath == null)
                || (report != null && reportPath == null)) {
            return null;
        }
        return new OutputPlaces(
                sink,
                failedPath == null ? sink.folder().resolve("failed.jsonl") : failedPath,
                reportPath == null ? sink.folder().resolve("report.html") : reportPath);
    }
}
