package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Alternatives;
import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.sink.ExtraColumn;
import dev.nightmail.pipeline.sink.SinkProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code sink}, or several in {@code sinks}: each one of the kinds there are, which reads its own
 * keys; and the files beside them.
 */
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
    static final Keys BESIDE = Keys.of(FAILED, REPORT);

    private static final Key<List<String>> KEEP =
            Key.of(
                    "keep",
                    Kinds.list(Kinds.text(), "[customer, url]"),
                    "Fields of the records that are written beside their answers.");
    private static final Key<List<ExtraColumn>> COLUMNS =
            Key.of(
                    "columns",
                    Kinds.list(Kinds.choice(extraColumns()), "[model, cost_usd]"),
                    "What is written of how each answer came about.");
    private static final Keys ROWS = Keys.of(KEEP, COLUMNS);

    private final Alternatives<SinkProvider> alone;
    private final Alternatives<SinkProvider> oneOfSeveral;
    private final Key<YamlSection> key;
    private final Key<List<YamlSection>> listKey;
    private final String shapes;

    SinkSection(List<SinkProvider> providers) {
        this.shapes =
                providers.stream().map(SinkProvider::shape).collect(Collectors.joining(" or "));
        this.alone = kinds(providers, ROWS.and(BESIDE));
        this.oneOfSeveral = kinds(providers, ROWS);
        this.key = Key.of("sink", alone, "Where the answers go.");
        this.listKey =
                Key.of(
                        "sinks",
                        Kinds.list(oneOfSeveral, "[{ file: results.jsonl }]"),
                        "Where the answers go, if to several places: each gets all of them.");
    }

    private static Alternatives<SinkProvider> kinds(List<SinkProvider> providers, Keys common) {
        return new Alternatives<>(
                providers,
                SinkProvider::key,
                provider -> provider.keys().and(common),
                "{ file: results.jsonl }");
    }

    private static Map<String, ExtraColumn> extraColumns() {
        var columns = new LinkedHashMap<String, ExtraColumn>();
        for (var column : ExtraColumn.values()) {
            columns.put(column.columnName(), column);
        }
        return columns;
    }

    Key<YamlSection> key() {
        return key;
    }

    Key<List<YamlSection>> listKey() {
        return listKey;
    }

    /**
     * What was read, with the sections it stands in, for what is found out later.
     *
     * @param sections of the sinks, in their order
     * @param failed where the key {@code failed} stands, or might
     * @param report the same of {@code report}
     */
    record Read(
            List<YamlSection> sections,
            YamlSection failed,
            YamlSection report,
            @Nullable OutputPlaces places) {

        /** A file that is written, and the key that names it. */
        record Placed(Path file, YamlSection section, String key) {
            void problem(String what) {
                section.problem(key, what);
            }

            boolean isOfAnswers() {
                return BESIDE.named(key).isEmpty();
            }

            boolean isNamedLike(Placed other) {
                return section == other.section && key.equals(other.key);
            }
        }

        /** Where a key stands that names a file. */
        int line(String name) {
            if (name.equals(FAILED.name())) {
                return failed.line(name);
            }
            return name.equals(REPORT.name()) ? report.line(name) : sections.getFirst().line(name);
        }

        List<Placed> placed(List<OutputSink> sinks, OutputPlaces of) {
            var placed = new ArrayList<Placed>();
            for (int index = 0; index < sinks.size(); index++) {
                var section = sections.get(index);
                sinks.get(index)
                        .definition()
                        .file()
                        .ifPresent(file ->
                                placed.add(
                                        new Placed(
                                                file.path(),
                                                section,
                                                OutputRule.nameIn(file.key()))));
            }
            placed.add(new Placed(of.failedFile(), failed, FAILED.name()));
            placed.add(new Placed(of.reportFile(), report, REPORT.name()));
            return placed;
        }
    }

    @Nullable Read read(YamlSection root, ReferencedFiles files, String pipeline) {
        var given = root.value(key.name());
        if (given != null && given.node().isArray()) {
            root.problem(key.name(), "is a list: several sinks stand under sinks");
            return null;
        }
        var single = root.read(key);
        var several = root.read(listKey);
        if (root.has(key.name()) && root.has(listKey.name())) {
            root.problem(listKey.name(), "stands beside sink: put all of them into sinks");
            return null;
        }
        if (single != null) {
            single.declare(BESIDE);
            return read(
                    List.of(single),
                    beside(FAILED, single, root),
                    beside(REPORT, single, root),
                    alone,
                    files,
                    pipeline);
        }
        if (several != null) {
            return read(several, root, root, oneOfSeveral, files, pipeline);
        }
        if (!root.has(key.name()) && !root.has(listKey.name())) {
            root.problem(
                    key.name(),
                    "is missing: give " + shapes + "; a file ends in .jsonl, .csv or .parquet");
        }
        return null;
    }

    /** With one sink, these keys may stand in it, or beside it. */
    private static YamlSection beside(Key<String> key, YamlSection sink, YamlSection root) {
        if (sink.has(key.name()) && root.has(key.name())) {
            root.problem(key.name(), "stands in sink, too: give it once");
        }
        return root.has(key.name()) ? root : sink;
    }

    private static Read read(
            List<YamlSection> sections,
            YamlSection failedIn,
            YamlSection reportIn,
            Alternatives<SinkProvider> kinds,
            ReferencedFiles files,
            String pipeline) {
        var failed = failedIn.read(FAILED);
        var report = reportIn.read(REPORT);
        var failedPath = failed == null ? null : files.path(failedIn, FAILED.name(), failed);
        var reportPath = report == null ? null : files.path(reportIn, REPORT.name(), report);
        var sinks = new ArrayList<OutputSink>();
        for (var section : sections) {
            var sink = sink(section, kinds, files, pipeline);
            if (sink != null
                    && sinks.stream().anyMatch(other -> OutputPlaces.isSamePlace(other, sink))) {
                section.problem(
                        kinds.chosenKey(section),
                        "another sink writes to " + sink.definition().place() + " already");
            }
            if (sink != null) {
                sinks.add(sink);
            }
        }
        if (sinks.size() < sections.size()
                || (failed != null && failedPath == null)
                || (report != null && reportPath == null)) {
            return new Read(sections, failedIn, reportIn, null);
        }
        var folder = sinks.getFirst().definition().folder();
        return new Read(
                sections,
                failedIn,
                reportIn,
                new OutputPlaces(
                        sinks,
                        failedPath == null ? folder.resolve("failed.jsonl") : failedPath,
                        reportPath == null ? folder.resolve("report.html") : reportPath));
    }

    private static @Nullable OutputSink sink(
            YamlSection section,
            Alternatives<SinkProvider> kinds,
            ReferencedFiles files,
            String pipeline) {
        section.declare(ROWS);
        var keep = section.read(KEEP);
        var columns = section.read(COLUMNS);
        refuseTwice(section, KEEP, keep);
        refuseTwice(section, COLUMNS, columns);
        var kind = kinds.chosen(section);
        var sink = kind == null ? null : kind.read(section, files.paths(), pipeline);
        return sink == null
                ? null
                : new OutputSink(
                        sink,
                        keep == null ? List.of() : keep,
                        columns == null ? List.of() : columns);
    }

    private static <T> void refuseTwice(
            YamlSection section, Key<List<T>> key, @Nullable List<T> values) {
        if (values != null && new HashSet<>(values).size() < values.size()) {
            section.problem(key.name(), "names one twice");
        } else if (values != null && values.contains("id")) {
            section.problem(key.name(), "names id, which every row has");
        }
    }
}
