package dev.nightmail.pipeline.source;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A folder of texts. The walk notes only paths, sorted by name so that the order is the same on
 * every machine; a file is read when its turn comes. Hidden files and folders are left out.
 */
final class TextFilesSource implements RecordSource {

    private final Path folder;
    private final String glob;

    TextFilesSource(Path folder, String glob) {
        this.folder = folder;
        this.glob = glob;
    }

    @Override
    public RecordCursor open() {
        var paths = paths();
        if (paths.isEmpty()) {
            throw new SourceException("source.files: no file matches " + glob + " in " + folder);
        }
        return new FileCursor(paths.iterator());
    }

    private List<Path> paths() {
        var start = wholeFolder();
        var matcher = start == null ? matcher() : null;
        try (var walk = Files.walk(start == null ? folder : start)) {
            return walk.filter(path -> !isHidden(path))
                    .filter(path -> matcher == null || matcher.matches(folder.relativize(path)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new SourceException(
                    "source.files: cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private @Nullable Path wholeFolder() {
        try {
            var named = folder.resolve(glob).normalize();
            return Files.isDirectory(named) ? named : null;
        } catch (InvalidPathException _) {
            return null;
        }
    }

    private PathMatcher matcher() {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException e) {
            throw new SourceException(
                    "source.files: " + glob + " is not a pattern: " + e.getDescription(), e);
        }
    }

    private boolean isHidden(Path path) {
        for (var part : folder.relativize(path)) {
            var name = part.toString();
            if (name.startsWith(".") && !name.equals("..")) {
                return true;
            }
        }
        return false;
    }

    private final class FileCursor implements RecordCursor {
        private final Iterator<Path> paths;

        FileCursor(Iterator<Path> paths) {
            this.paths = paths;
        }

        @Override
        public @Nullable SourceRecord next() {
            return paths.hasNext() ? read(paths.next()) : null;
        }

        private SourceRecord read(Path path) {
            var id = folder.relativize(path).toString().replace('\\', '/');
            try {
                var fields = new LinkedHashMap<String, @Nullable Object>();
                fields.put("id", id);
                fields.put("path", id);
                fields.put("text", withoutByteOrderMark(Files.readString(path)));
                return new SourceRecord(id, fields);
            } catch (CharacterCodingException e) {
                throw new SourceException(
                        "source.files: "
                                + path
                                + " is not UTF-8 text: convert it, or narrow the pattern",
                        e);
            } catch (IOException e) {
                throw new SourceException(
                        "source.files: cannot read " + path + ": " + e.getMessage(), e);
            }
        }

        private static String withoutByteOrderMark(String text) {
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        }

        @Override
        public void close() {}
    }
}
