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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A folder of texts. The walk notes only paths; a file is read when its turn comes. The pipeline's
 * own files are left out.
 */
final class TextFilesSource implements RecordSource {

    /**
     * A file is read whole, and then cut if it is to be: three times the largest request, so that
     * one file cannot take all memory, a packed one neither.
     */
    private static final int FILE_BYTES_MAX = 100_000_000;

    private final MatchingFiles matching;
    private final Charset encoding;
    private final List<Path> ownFiles;

    TextFilesSource(PathRule paths, String glob, Charset encoding, List<Path> ownFiles) {
        this.matching = new MatchingFiles(paths, "source.files", glob);
        this.encoding = encoding;
        this.ownFiles = ownFiles;
    }

    @Override
    public RecordCursor open(@Nullable String position) {
        var found = matching.find(ownFiles);
        return new FileCursor(found.files().iterator(), found.leftOut());
    }

    @Override
    public @Nullable String fingerprint() {
        return matching.fingerprint(encoding.name());
    }

    List<String> conflicts(List<NamedFile> outputs) {
        return matching.conflicts(outputs);
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
            place = matching.relative(path);
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
