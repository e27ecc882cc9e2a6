package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.streams.Packing;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Answers as one file.
 *
 * @param path one row a record; packed if its name ends in {@code .gz} or {@code .zst}
 * @param formulas for a CSV file
 * @param hasMark whether a CSV file begins with a byte order mark
 * @param mode which answers it holds
 */
public record FileSinkDefinition(
        Path path, SinkFormat format, Formulas formulas, boolean hasMark, FileMode mode)
        implements SinkDefinition {

    /** With every answer, and without a byte order mark. */
    public FileSinkDefinition(Path path, SinkFormat format, Formulas formulas) {
        this(path, format, formulas, false, FileMode.CURRENT);
    }

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
        return new FileSinkDefinition(sampleOf(path), format, formulas, hasMark, FileMode.REPLACE);
    }

    @Override
    public Sink open(SinkContext context) {
        var shape = RowShape.ofFile(context);
        if (mode == FileMode.APPEND) {
            return new AppendSink(
                    context, answers(), new AnswerLines(format, formulas, shape), hasMark);
        }
        return new FileSink(
                context,
                new FilePlace.Local(context, answers()),
                mode,
                new AnswerFile(
                        format, formulas, hasMark, Packing.ofFileName(path.toString()), shape));
    }

    /**
     * Beside a file, the one for a sample: {@code results.sample.csv}, {@code
     * results.sample.csv.gz}.
     */
    public static Path sampleOf(Path path) {
        var name = String.valueOf(path.getFileName());
        var dot = Packing.unpackedName(name).lastIndexOf('.');
        return path.resolveSibling(
                dot > 0
                        ? name.substring(0, dot) + ".sample" + name.substring(dot)
                        : name + ".sample");
    }

    private NamedFile answers() {
        return new NamedFile("sink.file", path);
    }
}
