package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.yaml.YamlSection;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code source: { files: … }}. */
public final class TextFilesSourceProvider implements SourceProvider {

    /**
     * Text files, one record each, with its relative path and its text as fields. A folder means
     * all files below it.
     */
    public record TextFiles(PathRule paths, String glob, Charset encoding)
            implements SourceDefinition {

        @Override
        public RecordSource open(SourceContext context) {
            return new TextFilesSource(paths, glob, encoding, context.ownFiles());
        }

        @Override
        public List<String> conflicts(List<NamedFile> outputs) {
            return new TextFilesSource(paths, glob, encoding, List.of()).conflicts(outputs);
        }
    }

    @Override
    public String key() {
        return "files";
    }

    @Override
    public String shape() {
        return "{ files: … }";
    }

    @Override
    public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
        var glob = source.text("files");
        if (source.has("csv")) {
            source.problem("csv", "goes with sql only: files are read as whole texts");
        }
        var encoding = encoding(source);
        return glob == null ? null : new TextFiles(paths, glob, encoding);
    }

    private static Charset encoding(YamlSection source) {
        var name = source.text("encoding");
        if (name == null) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException _) {
            source.problem(
                    "encoding",
                    "is none that is known here: give utf-8, windows-1252, iso-8859-15, utf-16 or another of its kind");
            return StandardCharsets.UTF_8;
        }
    }
}
