package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Answers as one file.
 *
 * @param path one row a record
 * @param formulas for a CSV file
 */
public record FileSinkDefinition(Path path, SinkFormat format, Formulas formulas)
        implements SinkDefinition {

    @Override
    public Optional<NamedFile> file() {
        return Optional.of(answers());
    }

    @Override
    public Path folder() {
        return path.resolveSibling("");
    }

    @Override
    public String place() {
        return path.toString();
    }

    @Override
    public SinkDefinition sample() {
        return new FileSinkDefinition(sampleOf(path), format, formulas);
    }

    @Override
    public Sink open(SinkContext context) {
        return new FileSink(context, answers(), new AnswerFile(format, formulas, context.schema()));
    }

    /** Beside a file, the one for a sample: {@code results.sample.csv}. */
    public static Path sampleOf(Path path) {
        var name = String.valueOf(path.getFileName());
        var dot = name.lastIndexOf('.');
        return path.resolveSibling(
                dot > 0
                        ? name.substring(0, dot) + ".sample" + name.substring(dot)
                        : name + ".sample");
    }

    private NamedFile answers() {
        return new NamedFile("sink.file", path);
    }
}
