package dev.nightmail.pipeline.sink;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/** {@code sink: { file: results.csv }}. */
public final class FileSinkProvider implements SinkProvider {

    private static final Key<String> FILE =
            Key.of("file", Kinds.text(), "A file that ends in .jsonl, .csv or .parquet.")
                    .required("give a file");
    private static final Key<Formulas> FORMULAS =
            Key.of(
                            "formulas",
                            Kinds.choice(Formulas.class),
                            "What a CSV file does with answers a spreadsheet would take for formulas.")
                    .orElse(Formulas.ESCAPE, "escape");

    @Override
    public String key() {
        return "file";
    }

    @Override
    public String shape() {
        return "{ file: results.jsonl }";
    }

    @Override
    public Keys keys() {
        return Keys.of(FILE, FORMULAS);
    }

    @Override
    public @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline) {
        var named = sink.read(FILE);
        var formulas = sink.valueOf(FORMULAS);
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
                    paths.folder().resolve(named).normalize(), format, formulas);
        } catch (InvalidPathException e) {
            sink.problem("file", "is not a path: " + e.getReason());
            return null;
        }
    }
}
