package dev.nightmail.pipeline.stdio;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.source.SourceContext;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceProvider;
import dev.nightmail.pipeline.source.TextFilesSourceProvider;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code source: { stdin: jsonl }}. */
public final class StdinSourceProvider implements SourceProvider {

    /** The field of a record that is its id, unless the pipeline names another. */
    private static final String ID = "id";

    private static final Key<StdinFormat> STDIN =
            Key.of(
                            "stdin",
                            Kinds.choice(StdinFormat.class),
                            "Records from standard input: JSON lines, CSV with a header, or a text a line.")
                    .required("give jsonl, csv or lines");
    private static final Key<String> ID_FIELD =
            Key.of("id", Kinds.text(), "The field of a record from standard input that is its id.")
                    .orElse(ID);

    /** What rows and cells are told apart by; it must be the same bytes in every encoding. */
    private static final String FRAME = "\r\n\",;\t|";

    /** Where Unix systems show what standard input is. */
    private static final Path DEVICE = Path.of("/dev/stdin");

    /**
     * Records from standard input.
     *
     * @param id the field that is a record's id; ignored for lines, whose id is their number
     */
    record StandardInput(StdinFormat format, String id, Charset encoding)
            implements SourceDefinition {

        @Override
        public RecordSource open(SourceContext context) {
            return new StdinSource(this, context.streams());
        }

        @Override
        public boolean readsStandardInput() {
            return true;
        }

        /** A file that was redirected into standard input is a source as any other. */
        @Override
        public List<String> conflicts(List<NamedFile> outputs) {
            if (!Files.isRegularFile(DEVICE)) {
                return List.of();
            }
            return outputs.stream()
                    .filter(output -> PathRule.same(DEVICE, output.path()))
                    .map(output ->
                            "%s: %s is what standard input reads, and would be overwritten: name another file"
                                    .formatted(output.key(), output.path().getFileName()))
                    .toList();
        }
    }

    @Override
    public String key() {
        return "stdin";
    }

    @Override
    public String shape() {
        return "{ stdin: jsonl }";
    }

    @Override
    public Keys keys() {
        return Keys.of(STDIN, ID_FIELD, TextFilesSourceProvider.ENCODING);
    }

    @Override
    public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
        var format = source.read(STDIN);
        var hasId = source.has("id");
        var id = source.valueOf(ID_FIELD);
        var encoding = encoding(source);
        if (source.has("csv")) {
            source.problem("csv", "goes with sql only: cells of standard input are texts");
        }
        if (hasId && format == StdinFormat.LINES) {
            source.problem("id", "goes with jsonl and csv: the id of a line is its number");
        }
        return format == null ? null : new StandardInput(format, id, encoding);
    }

    private static Charset encoding(YamlSection source) {
        var encoding = source.valueOf(TextFilesSourceProvider.ENCODING);
        if (Arrays.equals(FRAME.getBytes(encoding), FRAME.getBytes(StandardCharsets.US_ASCII))) {
            return encoding;
        }
        source.problem(
                "encoding",
                "cannot be %s for standard input, which is read line by line: convert it with \"iconv -f %s -t utf-8\" before"
                        .formatted(encoding.name(), encoding.name()));
        return StandardCharsets.UTF_8;
    }
}
