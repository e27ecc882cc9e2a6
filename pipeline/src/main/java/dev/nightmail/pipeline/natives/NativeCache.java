package dev.nightmail.pipeline.natives;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.nightmail.pipeline.paths.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * A folder in which native libraries are kept from one run to the next, by the version of the jar
 * they come from: {@code FOLDER/native/duckdb_jdbc-2.0.0.1/libduckdb_java.so}. Their drivers would
 * unpack them into the temporary folder at every start, and leave them there when the process is
 * killed.
 *
 * <p>A library gets its name only once all of it is there and is what the jar holds, so a process
 * that is killed meanwhile leaves at most a part under another name, which the next one removes.
 * One that is there is compared with the jar before it is used.
 */
public final class NativeCache {

    /** Names the folder; set by whoever starts the process. Without it drivers do as they like. */
    public static final String FOLDER = "nightmail.cache-folder";

    /** What people set to have another folder. */
    public static final String SETTING = "NIGHTMAIL_CACHE";

    private static final Pattern PART = Pattern.compile(".*\\.([0-9]{1,10})\\.part");

    private final Path folder;

    public NativeCache(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    /** The one this process was given, if it was given any. */
    public static Optional<NativeCache> ofProcess() {
        return Optional.ofNullable(System.getProperty(FOLDER))
                .map(folder -> new NativeCache(Path.of(folder)));
    }

    /** Where everything is kept. */
    public Path folder() {
        return folder;
    }

    /**
     * The file of a library.
     *
     * @param library inside a jar
     * @param name of the file
     * @throws NativeLibraryException if it cannot be put there
     */
    public Path file(URL library, String name) {
        try {
            var jar = (JarURLConnection) library.openConnection();
            var entry = jar.getJarEntry();
            var home = folder.resolve("native").resolve(version(jar));
            var file = home.resolve(name);
            Files.createDirectories(home, OwnerOnly.folder());
            removeParts(home);
            if (!isSame(file, entry.getSize(), entry.getCrc())) {
                unpack(jar, file, entry.getCrc());
            }
            return file;
        } catch (IOException e) {
            throw new NativeLibraryException(
                    "cannot unpack %s into %s (%s): set %s to a folder that has room and where programs may run"
                            .formatted(name, folder, reason(e), SETTING),
                    e);
        }
    }

    private static String reason(IOException failure) {
        var message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    /** The jar's name, which has the version in it. */
    private static String version(JarURLConnection jar) {
        var name = Path.of(jar.getJarFileURL().getPath()).getFileName().toString();
        return name.endsWith(".jar") ? name.substring(0, name.length() - 4) : name;
    }

    /** What a process left that was killed while it unpacked. */
    private static void removeParts(Path home) throws IOException {
        try (var files = Files.list(home)) {
            for (var file : files.toList()) {
                var part = PART.matcher(file.getFileName().toString());
                if (part.matches() && ProcessHandle.of(Long.parseLong(part.group(1))).isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean isSame(Path file, long size, long crc) throws IOException {
        if (!Files.isRegularFile(file, NOFOLLOW_LINKS) || Files.size(file) != size) {
            return false;
        }
        try (var in = new CheckedInputStream(Files.newInputStream(file), new CRC32())) {
            in.skipNBytes(size);
            return in.getChecksum().getValue() == crc;
        }
    }

    private static void unpack(JarURLConnection jar, Path file, long crc) throws IOException {
        var part =
                file.resolveSibling(
                        "%s.%d.part".formatted(file.getFileName(), ProcessHandle.current().pid()));
        try (var in = new CheckedInputStream(jar.getInputStream(), new CRC32())) {
            copy(in, part);
            if (in.getChecksum().getValue() != crc) {
                throw new IOException("the jar is damaged");
            }
            Files.move(part, file, ATOMIC_MOVE, REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void copy(InputStream in, Path part) throws IOException {
        Files.deleteIfExists(part);
        Files.createFile(part, OwnerOnly.folder());
        try (var out = Files.newOutputStream(part)) {
            in.transferTo(out);
        }
    }
}
