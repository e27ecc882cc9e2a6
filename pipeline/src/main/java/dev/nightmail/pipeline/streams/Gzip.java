package dev.nightmail.pipeline.streams;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Files packed with gzip, which are told by their names. */
public final class Gzip {

    private static final String ENDING = ".gz";

    /** An archive holds files, not a text. */
    private static final String ARCHIVE = ".tar.gz";

    private static final int BUFFER_BYTES = 64 * 1024;

    private Gzip() {}

    /** Whether a file of this name is one text, packed. */
    public static boolean isName(String fileName) {
        var lower = fileName.toLowerCase(Locale.ROOT);
        return lower.endsWith(ENDING) && !lower.endsWith(ARCHIVE);
    }

    /** The name without its {@code .gz}, which says what is packed. */
    public static String unpackedName(String fileName) {
        return isName(fileName)
                ? fileName.substring(0, fileName.length() - ENDING.length())
                : fileName;
    }

    /** The bytes of a file, unpacked if its name says that they are packed. */
    public static InputStream open(Path file) throws IOException {
        var in = Files.newInputStream(file);
        if (!isName(file.toString())) {
            return in;
        }
        try {
            return new GZIPInputStream(in, BUFFER_BYTES);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /** Writes bytes into a stream of packed ones. */
    public interface Writing {
        void write(OutputStream out) throws IOException;
    }

    /** Packs what is written; the stream behind it stays open. */
    public static void pack(OutputStream target, Writing writing) throws IOException {
        var out = new GZIPOutputStream(target, BUFFER_BYTES);
        writing.write(out);
        out.finish();
    }
}
