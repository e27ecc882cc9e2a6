package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.streams.Gzip;
import dev.nightmail.pipeline.streams.ZstdFrames;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A folder of texts. The walk notes only paths, sorted by name so that the order is the same on
 * every machine; a file is read when its turn comes. Hidden files and folders are left out, and so
 * are the pipeline's own files.
 */
final class TextFilesSource implements RecordSource {

    /**
     * A file is read whole, and then cut if it is to be: three times the largest request, so that
     * one file cannot take all memory, a packed one neither.
     */
    private static final int FILE_BYTES_MAX = 100_000_000;

    private final PathRule paths;
    private final Path folder;
    private final String glob;
    private final Charset encoding;
    private final List<Path> ownFiles;

    TextFilesSource(PathRule paths, String glob, Charset encoding, List<Path> ownFiles) {
        this.paths = paths;
        this.folder = paths.folder();
        this.glob = glob;
        this.encoding = encoding;
        this.ownFiles = ownFiles;
    }

    /**
     * The files a source names.
     *
     * @param pattern of the paths below the folder; null: all of them
     */
    private record Choice(Path start, @Nullable Pattern pattern) {

        boolean includes(Path path) {
            return pattern == null || pattern.matcher(slashed(start.relativize(path))).matches();
        }
    }

    @Override
    public RecordCursor open(@Nullable String position) {
        var choice = choice();
        var found = files(choice);
        var own = ownFiles.stream().map(PathRule::real).collect(Collectors.toUnmodifiableSet());
        var records = new ArrayList<Path>();
        var leftOut = new ArrayList<String>();
        for (var path : found) {
            if (own.contains(PathRule.real(path))) {
                leftOut.add(paths.shown(path));
            } else {
                records.add(path);
            }
        }
        if (records.isEmpty()) {
            throw new EmptySourceException(
                    "source.files: no file matches "
                            + glob
                            + " in "
                            + folder
                            + (leftOut.isEmpty() ? "" : " besides the pipeline's own")
                            + ": \"docs/**/*.txt\" matches the .txt files in docs and below");
        }
        return new FileCursor(records.iterator(), leftOut);
    }

    @Override
    public @Nullable String fingerprint() {
        var seen = new FilesSeen(glob + "\0" + encoding.name());
        for (var path : files(choice())) {
            if (!seen.add(path)) {
                return null;
            }
        }
        return seen.fingerprint();
    }

    /**
     * A whole folder may hold what the pipeline writes: it is left out. A pattern may not match it.
     */
    List<String> conflicts(List<NamedFile> outputs) {
        var choice = choice();
        if (choice.pattern() == null) {
            return List.of();
        }
        return outputs.stream()
                .filter(output ->
                        output.path().startsWith(choice.start()) && choice.includes(output.path()))
                .map(output ->
                        "%s: %s is read by the source (%s), and would be overwritten: write it to another folder, such as out/%s"
                                .formatted(
                                        output.key(),
                                        paths.shown(output.path()),
                                        glob,
                                        output.path().getFileName()))
                .toList();
    }

    private Choice choice() {
        RemotePath.refuse("source.files", glob);
        try {
            var whole = folder.resolve(glob).normalize();
            if (Files.isDirectory(whole)) {
                return new Choice(allowed(whole), null);
            }
            var fixed = Globs.fixedFolder(glob);
            var start = allowed(folder.resolve(fixed).normalize());
            var rest = glob.substring(fixed.length());
            return new Choice(start, Globs.pattern(rest, false));
        } catch (InvalidPathException | PatternSyntaxException e) {
            throw new SourceException(
                    "source.files: " + glob + " is not a pattern: " + e.getMessage(), e);
        }
    }

    private Path allowed(Path path) {
        paths.refusal(path)
                .ifPresent(reason -> {
                    throw new SourceException("source.files: " + reason);
                });
        return path;
    }

    private List<Path> files(Choice choice) {
        if (!Files.isDirectory(choice.start())) {
            throw new SourceException(
                    "source.files: no file matches "
                            + glob
                            + ": there is no folder "
                            + slashed(folder.relativize(choice.start())));
        }
        try (var walk = Files.walk(choice.start())) {
            return walk.filter(path -> !isHidden(path))
                    .filter(choice::includes)
                    .filter(Files::isRegularFile)
                    .map(path -> Files.isSymbolicLink(path) ? allowed(path) : path)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new SourceException(
                    "source.files: cannot list " + choice.start() + ": " + e.getMessage(), e);
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

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }

    private final class FileCursor implements RecordCursor {
        private final Iterator<Path> files;
        private final List<String> leftOut;
        private String place = "";

        FileCursor(Iterator<Path> files, List<String> leftOut) {
            this.files = files;
            this.leftOut = leftOut;
        }

        @Override
        public @Nullable SourceItem next() {
            return files.hasNext() ? read(files.next()) : null;
        }

        @Override
        public Optional<String> place() {
            return Optional.of(place);
        }

        @Override
        public List<String> leftOut() {
            return leftOut;
        }

        private SourceItem read(Path path) {
            place = slashed(folder.relativize(path));
            try {
                if (ZstdFrames.isName(path.toString())) {
                    return unusable(
                            "the file is packed with zstd, which only sql sources read: unpack it, or pack it with gzip");
                }
                var bytes = bytes(path);
                if (bytes.length > FILE_BYTES_MAX) {
                    return unusable(
                            "the file is larger than %,d bytes%s: split it"
                                    .formatted(FILE_BYTES_MAX, isPacked(path) ? " unpacked" : ""));
                }
                var text = encoding.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
                var fields = new LinkedHashMap<String, @Nullable Object>();
                fields.put("id", place);
                fields.put("path", place);
                fields.put("text", withoutByteOrderMark(text));
                return new SourceRecord(place, fields);
            } catch (CharacterCodingException _) {
                return unusable(
                        "the file is not "
                                + encoding.name()
                                + " text: convert it, narrow the pattern, or name what it is with encoding, as in \"encoding: windows-1252\" under source");
            } catch (ZipException | EOFException _) {
                return unusable("the file is no gzip file, or not whole: fetch it or pack it anew");
            } catch (NoSuchFileException _) {
                return unusable("the file is gone since the source was listed");
            } catch (AccessDeniedException _) {
                return unusable("the file cannot be read: permission denied");
            } catch (IOException e) {
                throw new SourceException(
                        "source.files: cannot read " + path + ": " + e.getMessage(), e);
            }
        }

        /** Whether its text is known only once it is unpacked. */
        private static boolean isPacked(Path path) {
            return Gzip.isName(path.toString());
        }

        /** One byte more than the limit, if there are more. */
        private static byte[] bytes(Path path) throws IOException {
            try (var in = Gzip.open(path)) {
                return in.readNBytes(FILE_BYTES_MAX + 1);
            }
        }

        private UnusableRecord unusable(String reason) {
            return new UnusableRecord(place, reason);
        }

        private static String withoutByteOrderMark(String text) {
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        }

        @Override
        public void close() {}
    }
}
