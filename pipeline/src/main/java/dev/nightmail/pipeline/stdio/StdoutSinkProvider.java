package dev.nightmail.pipeline.stdio;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.AnswerLines;
import dev.nightmail.pipeline.sink.FileSinkProvider;
import dev.nightmail.pipeline.sink.Formulas;
import dev.nightmail.pipeline.sink.RowShape;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkDefinition;
import dev.nightmail.pipeline.sink.SinkFormat;
import dev.nightmail.pipeline.sink.SinkProvider;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code sink: { stdout: jsonl }}. */
public final class StdoutSinkProvider implements SinkProvider {

    private static final Key<Format> STDOUT =
            Key.of(
                            "stdout",
                            Kinds.choice(Format.class),
                            "Answers on standard output, a line each: JSON lines, or CSV.")
                    .required("give jsonl or csv");

    /** What can be written a row at a time. */
    enum Format {
        JSONL(SinkFormat.JSONL),
        CSV(SinkFormat.CSV);

        private final SinkFormat rows;

        Format(SinkFormat rows) {
            this.rows = rows;
        }
    }

    /**
     * Answers on standard output.
     *
     * @param folder of the pipeline file
     */
    record StandardOutput(Format format, Formulas formulas, Path folder) implements SinkDefinition {

        @Override
        public String place() {
            return "standard output";
        }

        @Override
        public boolean writesStandardOutput() {
            return true;
        }

        /** Nothing is replaced there. */
        @Override
        public SinkDefinition sample() {
            return this;
        }

        @Override
        public Sink open(SinkContext context) {
            return new StdoutSink(
                    new AnswerLines(format.rows, formulas, RowShape.ofFile(context)), context);
        }
    }

    @Override
    public String key() {
        return "stdout";
    }

    @Override
    public String shape() {
        return "{ stdout: jsonl }";
    }

    @Override
    public Keys keys() {
        return Keys.of(STDOUT, FileSinkProvider.FORMULAS);
    }

    @Override
    public @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline) {
        var format = sink.read(STDOUT);
        var formulas = sink.valueOf(FileSinkProvider.FORMULAS);
        return format == null ? null : new StandardOutput(format, formulas, paths.folder());
    }
}
