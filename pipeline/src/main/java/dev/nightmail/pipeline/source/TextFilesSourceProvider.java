package dev.nightmail.pipeline.source;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.ScalarKind;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code source: { files: … }}. */
public final class TextFilesSourceProvider implements SourceProvider {

    private static final Key<String> FILES =
            Key.of(
                            "files",
                            Kinds.text(),
                            "A glob or a folder of text files, one record each with the fields id, path and text; ** means any folders or none.")
                    .required("give a glob or a folder");

    /** What texts are written in. */
    public static final Key<Charset> ENCODING =
            Key.of("encoding", encoding(), "What the text files are written in.")
                    .orElse(StandardCharsets.UTF_8, "utf-8");

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
    public Keys keys() {
        return Keys.of(FILES, ENCODING);
    }

    @Override
    public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
        var glob = source.read(FILES);
        if (source.has("csv")) {
            source.problem("csv", "goes with sql only: files are read as whole texts");
        }
        var encoding = source.valueOf(ENCODING);
        return glob == null ? null : new TextFiles(paths, glob, encoding);
    }

    private static ScalarKind<Charset> encoding() {
        return new ScalarKind<>(
                "an encoding that is known here: utf-8, windows-1252, iso-8859-15, utf-16 or another of its kind",
                JsonNode::isString,
                TextFilesSourceProvider::charset,
                schema -> schema.put("type", "string").put("pattern", "\\S"));
    }

    private static Optional<Charset> charset(String name) {
        try {
            return Optional.of(Charset.forName(name));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
