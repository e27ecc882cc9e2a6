package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.sink.SinkProvider;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pipeline that was put together in code: the keys of a pipeline file, and the parts that no file
 * can hold. It goes through the same reader as a file, which knows one more kind of source and of
 * sink: the one {@link #KEY} stands for.
 *
 * @param file where the pipeline file would be; there need not be one
 * @param keys as they would stand in the file
 * @param source what {@code source: { code: true }} stands for; null if there is none
 * @param sink what {@code sink: { code: true }} stands for; null likewise
 * @param problems found already, a line each
 */
public record DefinitionInCode(
        Path file,
        ObjectNode keys,
        @Nullable SourceDefinition source,
        @Nullable SinkDefinition sink,
        List<String> problems) {

    /** Stands below {@code source} or {@code sink} for the one that was given in code. */
    public static final String KEY = "code";

    private static final Key<Boolean> GIVEN =
            Key.of(KEY, Kinds.flag(), "The one that was given in code.");

    public DefinitionInCode {
        problems = List.copyOf(problems);
    }

    PipelineKeys pipelineKeys() {
        return new PipelineKeys(
                with(SourceProvider.all(), new GivenSource(source)),
                with(SinkProvider.all(), new GivenSink(sink)));
    }

    private static <T> List<T> with(List<T> found, T given) {
        return Stream.concat(Stream.of(given), found.stream()).toList();
    }

    private record GivenSource(@Nullable SourceDefinition definition) implements SourceProvider {
        @Override
        public String key() {
            return KEY;
        }

        @Override
        public String shape() {
            return "records(…)";
        }

        @Override
        public Keys keys() {
            return Keys.of(GIVEN);
        }

        @Override
        public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
            return definition;
        }
    }

    private record GivenSink(@Nullable SinkDefinition definition) implements SinkProvider {
        @Override
        public String key() {
            return KEY;
        }

        @Override
        public String shape() {
            return "answers(…)";
        }

        @Override
        public Keys keys() {
            return Keys.of(GIVEN);
        }

        @Override
        public @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline) {
            return definition;
        }
    }
}
