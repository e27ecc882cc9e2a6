package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Alternatives;
import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.sink.SinkProvider;
import java.util.LinkedHashMap;
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

    private final List<SinkProvider> providers;
    private final Key<YamlSection> key;

    SinkSection(List<SinkProvider> providers) {
        this.providers = providers;
        var shapes =
                providers.stream().map(SinkProvider::shape).collect(Collectors.joining(" or "));
        var kinds = new LinkedHashMap<String, Keys>();
        providers.forEach(provider -> kinds.put(provider.key(), provider.keys().and(BESIDE)));
        this.key =
                Key.of(
                                "sink",
                                new Alternatives(kinds, "{ file: results.jsonl }"),
                                "Where the answers go.")
                        .required("give " + shapes + "; a file ends in .jsonl, .csv or .parquet");
    }

    Key<YamlSection> key() {
        return key;
    }

    /** What was read, with the section it stands in, for what is found out later. */
    record Read(YamlSection section, @Nullable OutputPlaces places) {}

    @Nullable Read read(YamlSection root, ReferencedFiles files, String pipeline) {
        var section = root.read(key);
        return section == null ? null : new Read(section, places(section, root, files, pipeline));
    }

    private @Nullable OutputPlaces places(
            YamlSection section, YamlSection root, ReferencedFiles files, String pipeline) {
        section.declare(BESIDE);
        var failed = section.read(FAILED);
        var report = section.read(REPORT);
        var failedPath = failed == null ? null : files.path(section, FAILED.name(), failed);
        var reportPath = report == null ? null : files.path(section, REPORT.name(), report);
        var sink = sink(section, root, files.paths(), pipeline);
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

    private @Nullable SinkDefinition sink(
            YamlSection section, YamlSection root, PathRule paths, String pipeline) {
        var given = providers.stream().filter(provider -> section.has(provider.key())).toList();
        if (given.size() != 1) {
            // Whatever belongs to any of them is not unknown.
            providers.forEach(provider -> provider.keys().names().forEach(section::has));
            root.problem(
                    key.name(),
                    "needs exactly one of "
                            + providers.stream()
                                    .map(SinkProvider::key)
                                    .collect(Collectors.joining(" or ")));
            return null;
        }
        var provider = given.getFirst();
        section.declare(provider.keys().and(BESIDE));
        return provider.read(section, paths, pipeline);
    }
}
