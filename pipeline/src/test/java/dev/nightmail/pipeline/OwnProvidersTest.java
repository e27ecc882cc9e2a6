package dev.nightmail.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.Answers;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.sink.SinkProvider;
import dev.nightmail.pipeline.source.RecordCursor;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContext;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.SourceProvider;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kinds of sources and sinks in a jar of one's own, which needs the public API only. */
class OwnProvidersTest {

    @TempDir private Path folder;

    @Test
    void theyAreFoundByTheKeysTheyAreNamedBy() throws Exception {
        Files.writeString(folder.resolve("app.log"), "started\nstopped\n");
        try (var server = new FakeBatches()) {
            withOwnJar(() ->
                            Pipeline.builder(folder, "log")
                                    .source(Map.of("log", "app.log"))
                                    .model("claude-haiku-4-5")
                                    .maxTokens(10)
                                    .prompt("What does this mean? {{line}}")
                                    .sink(Map.of("folder", "answers"))
                                    .build())
                    .withEndpoint(server.uri())
                    .in(new TestWorld(1).environment(10))
                    .run();

            assertThat(server.batches().getFirst().params)
                    .extracting(params -> params.at("/messages/0/content").asString())
                    .containsExactly(
                            "What does this mean? started", "What does this mean? stopped");
            assertThat(folder.resolve("answers/2")).content().startsWith("\"answer to ");
        }
    }

    private interface Building {
        Pipeline build();
    }

    /** As if a jar with these services were on the class path. */
    private Pipeline withOwnJar(Building building) throws IOException {
        var jar = folder.resolve("jar");
        var services = Files.createDirectories(jar.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(SourceProvider.class.getName()),
                LogSourceProvider.class.getName());
        Files.writeString(
                services.resolve(SinkProvider.class.getName()), FolderSinkProvider.class.getName());
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        try (var withJar = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            thread.setContextClassLoader(withJar);
            return building.build();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Lines of a log. */
    public static final class LogSourceProvider implements SourceProvider {

        private static final Key<String> LOG =
                Key.of("log", Kinds.text(), "A log, one record a line.").required("give a file");

        @Override
        public String key() {
            return "log";
        }

        @Override
        public String shape() {
            return "{ log: … }";
        }

        @Override
        public Keys keys() {
            return Keys.of(LOG);
        }

        @Override
        public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
            var named = source.read(LOG);
            return named == null ? null : new Log(paths.folder().resolve(named));
        }
    }

    private record Log(Path file) implements SourceDefinition {
        @Override
        public RecordSource open(SourceContext context) {
            return _ -> {
                try {
                    return new Lines(Files.readAllLines(file).iterator());
                } catch (IOException e) {
                    throw new SourceException("source.log: cannot read " + file, e);
                }
            };
        }
    }

    private static final class Lines implements RecordCursor {
        private final Iterator<String> lines;
        private int number;

        Lines(Iterator<String> lines) {
            this.lines = lines;
        }

        @Override
        public @Nullable SourceItem next() {
            if (!lines.hasNext()) {
                return null;
            }
            number++;
            return SourceRecord.of(Integer.toString(number), Map.of("line", lines.next()));
        }

        @Override
        public void close() {}
    }

    /** A file for each answer. */
    public static final class FolderSinkProvider implements SinkProvider {
        @Override
        public String key() {
            return "folder";
        }

        @Override
        public String shape() {
            return "{ folder: … }";
        }

        @Override
        public @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline) {
            var named = sink.text("folder");
            return named == null ? null : new AnswerFolder(paths.folder().resolve(named));
        }
    }

    private record AnswerFolder(Path folder) implements SinkDefinition, Sink {
        @Override
        public Optional<NamedFile> file() {
            return Optional.empty();
        }

        @Override
        public String place() {
            return folder.toString();
        }

        @Override
        public SinkDefinition sample() {
            return new AnswerFolder(folder.resolve("sample"));
        }

        @Override
        public Sink open(SinkContext context) {
            return this;
        }

        @Override
        public void check(Answers answers) {}

        @Override
        public long deliver(Answers answers) {
            return 0;
        }

        @Override
        public long complete(Answers answers) {
            try {
                Files.createDirectories(folder);
                answers.each(
                        row -> Files.writeString(folder.resolve(row.recordId()), row.answer()));
                return answers.last();
            } catch (IOException e) {
                throw new SinkException("sink.folder: cannot write " + folder, e);
            }
        }

        @Override
        public void close() {}
    }
}
