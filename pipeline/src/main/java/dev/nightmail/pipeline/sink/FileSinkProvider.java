package dev.nightmail.pipeline.sink;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.s3.S3Place;
import dev.nightmail.pipeline.streams.Packing;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/** {@code sink: { file: results.csv }}. */
public final class FileSinkProvider implements SinkProvider {

    private static final Key<String> FILE =
            Key.of(
                            "file",
                            Kinds.text(),
                            "A file that ends in .jsonl, .csv or .parquet; the first two also with .gz or .zst; or an object in S3, s3://bucket/key, that ends so.")
                    .required("give a file");

    /** What CSV does with answers that look like formulas. */
    public static final Key<Formulas> FORMULAS =
            Key.of(
                            "formulas",
                            Kinds.choice(Formulas.class),
                            "What a CSV file does with answers a spreadsheet would take for formulas.")
                    .orElse(Formulas.ESCAPE, "escape");

    private static final Key<Boolean> BOM =
            Key.of(
                            "bom",
                            Kinds.flag(),
                            "Whether a CSV file begins with the mark by which spreadsheets know UTF-8.")
                    .orElse(false, "false");

    private static final Key<FileMode> MODE =
            Key.of(
                            "mode",
                            Kinds.choice(FileMode.class),
                            "Which answers the file holds: current, the newest of every record the pipeline ever read; replace, those of the records that the last run read; or append, each answer once, behind what the file held.")
                    .orElse(FileMode.CURRENT, "current");

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
        return Keys.of(FILE, FORMULAS, BOM, MODE);
    }

    @Override
    public @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline) {
        var named = sink.read(FILE);
        var formulas = sink.valueOf(FORMULAS);
        var hasMark = sink.valueOf(BOM);
        var mode = sink.valueOf(MODE);
        if (named == null) {
            return null;
        }
        var isObject = S3Place.isName(named);
        if (named.contains("://") && !isObject) {
            sink.problem("file", remote(named));
            return null;
        }
        var packing = Packing.ofFileName(named);
        var format = SinkFormat.ofFileName(Packing.unpackedName(named)).orElse(null);
        if (format == null) {
            sink.problem(
                    "file",
                    "must end in .jsonl, .csv or .parquet, or in .jsonl or .csv with .gz or .zst behind it, not "
                            + named);
            return null;
        }
        if (format == SinkFormat.PARQUET && packing != Packing.NONE) {
            sink.problem(
                    "file",
                    "is packed already if it is Parquet: leave %s out".formatted(packing.ending()));
            return null;
        }
        if (mode == FileMode.APPEND && isObject) {
            sink.problem(
                    "mode",
                    "append adds rows to a file, and an object in S3 is replaced whole: leave mode out");
            return null;
        }
        if (mode == FileMode.APPEND && (format == SinkFormat.PARQUET || packing != Packing.NONE)) {
            sink.problem(
                    "mode",
                    format == SinkFormat.PARQUET
                            ? "append adds rows to the end of a file, and the end of a Parquet file says where all its rows are: write .jsonl or .csv, or leave mode out"
                            : "append adds lines that others may read at once, and a packed file is read as a whole: leave %s out, or mode"
                                    .formatted(packing.ending()));
            return null;
        }
        if (hasMark && format != SinkFormat.CSV) {
            sink.problem("bom", "goes with a .csv file only");
        }
        try {
            if (isObject) {
                return object(
                        S3Place.parse(named), format, formulas, hasMark, mode, paths, pipeline);
            }
            return new FileSinkDefinition(
                    paths.folder().resolve(named).normalize(), format, formulas, hasMark, mode);
        } catch (InvalidPathException e) {
            sink.problem("file", "is not a path: " + e.getReason());
            return null;
        } catch (IllegalArgumentException e) {
            sink.problem("file", String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static SinkDefinition object(
            S3Place place,
            SinkFormat format,
            Formulas formulas,
            boolean hasMark,
            FileMode mode,
            PathRule paths,
            String pipeline) {
        var name = place.fileName();
        var ending = name.substring(Packing.unpackedName(name).lastIndexOf('.'));
        return new S3SinkDefinition(
                place,
                format,
                formulas,
                hasMark,
                mode,
                paths.folder()
                        .resolve(".nightmail")
                        .resolve(pipeline + ".sink.work")
                        .resolve("answers" + ending),
                paths.folder().resolve(pipeline + ".sample" + ending));
    }

    private static String remote(String named) {
        var scheme = named.substring(0, named.indexOf("://") + 3);
        return scheme
                + " is not written to: name a file and copy it there after the run, or an object of S3 (s3://bucket/key)";
    }
}
