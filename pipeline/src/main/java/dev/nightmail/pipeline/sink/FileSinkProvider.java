package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.yaml.YamlSection;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/** {@code sink: { file: results.csv }}. */
public final class FileSinkProvider implements SinkProvider {

    @Override
    public String key() {
        return "file";
    }

    @Override
    public String shape() {
        return "{ file: results.jsonl }";
    }

    @Override
    public @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline) {
        var named = sink.text("file");
        var formulas = sink.choice("formulas", Formulas.class);
        if (named == null) {
            return null;
        }
        var format = SinkFormat.ofFileName(named).orElse(null);
        if (format == null) {
            sink.problem("file", "must end in .jsonl, .csv or .parquet, not " + named);
            return null;
        }
        try {
            return new FileSinkDefinition(
                    paths.folder().resolve(named).normalize(),
                    format,
                    formulas == null ? Formulas.ESCAPE : formulas);
        } catch (InvalidPathException e) {
            sink.problem("file", "is not a path: " + e.getReason());
            return null;
        }
    }
}
