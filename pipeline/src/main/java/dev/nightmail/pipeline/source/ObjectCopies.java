package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.paths.FileLocks;
import dev.nightmail.pipeline.paths.OwnerOnly;
import dev.nightmail.pipeline.s3.S3Failure;
import dev.nightmail.pipeline.s3.S3Object;
import dev.nightmail.pipeline.s3.S3Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a query names, on this machine for as long as it is read: {@code
 * .nightmail/NAME.source.work/1/BUCKET/KEY} beside the pipeline file.
 *
 * <p>Whoever reads holds the lock {@code 1.lock} and removes all of it when it closes. Another
 * reading at the same time, such as an estimate during a run, has the next number. A process that
 * was killed leaves its folder and a lock that nobody holds: who opens the source next removes it,
 * also if nothing is to be read. The folder's path is the same each time, so that what a query
 * makes of it is, too.
 */
final class ObjectCopies implements AutoCloseable {

    /** At once; more are a fault. */
    private static final int READINGS_MAX = 100;

    private static final Pattern NUMBERED = Pattern.compile("(\\d{1,9})(\\.lock)?");

    /** Behind what is written, which others may read. */
    private static final long LOCKED_BYTE = 1 << 20;

    private final Path folder;
    private final Path lockFile;
    private final FileChannel lock;

    private ObjectCopies(Path folder, Path lockFile, FileChannel lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Copies what patterns stand for now, each object once.
     *
     * @throws SourceException if that cannot be done; nothing stays
     */
    static ObjectCopies fetch(Path work, List<ObjectPattern> patterns) {
        var copies = begin(work);
        try (var store = S3Store.open()) {
            var fetched = new HashSet<S3Object>();
            for (var pattern : patterns) {
                for (var object : pattern.find(store)) {
                    if (fetched.add(object)) {
                        copies.fetch(store, object);
                    }
                }
            }
            return copies;
        } catch (S3Failure e) {
            copies.close();
            throw new SourceException("source.sql: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            copies.close();
            throw e;
        }
    }

    private void fetch(S3Store store, S3Object object) {
        try {
            var file = folder.resolve(object.place().bucket() + "/" + object.place().key());
            if (!file.equals(file.normalize()) || Files.exists(file)) {
                throw new SourceException(
                        "source.sql: %s has no name of its own on this machine: copy it to another key"
                                .formatted(object.place()));
            }
            Files.createDirectories(file.resolveSibling(""));
            store.fetch(object, file);
        } catch (InvalidPathException | IOException e) {
            throw new SourceException(
                    "source.sql: cannot keep a copy of %s (%,d bytes) in %s: %s"
                            .formatted(object.place(), object.size(), folder, e.getMessage()),
                    e);
        }
    }

    private static ObjectCopies begin(Path work) {
        try {
            for (int number = 1; number <= READINGS_MAX; number++) {
                var copies = take(work, number);
                if (copies != null) {
                    return copies;
                }
            }
        } catch (IOException e) {
            throw cannotUse(work, e);
        }
        throw new SourceException(
                "source.sql: %d others read this source: wait for them".formatted(READINGS_MAX));
    }

    /** Removes what readings have left that were killed. */
    static void clear(Path work) {
        try {
            for (int number : numbersIn(work)) {
                var copies = take(work, number);
                if (copies != null) {
                    copies.close();
                }
            }
        } catch (IOException e) {
            throw cannotUse(work, e);
        }
    }

    private static Set<Integer> numbersIn(Path work) throws IOException {
        var numbers = new TreeSet<Integer>();
        if (Files.isDirectory(work)) {
            try (var files = Files.newDirectoryStream(work)) {
                for (var file : files) {
                    var name = NUMBERED.matcher(String.valueOf(file.getFileName()));
                    if (name.matches()) {
                        numbers.add(Integer.valueOf(name.group(1)));
                    }
                }
            }
        }
        return numbers;
    }

    /** An empty folder; null if another reading has it. */
    private static @Nullable ObjectCopies take(Path work, int number) throws IOException {
        Files.createDirectories(work, OwnerOnly.folder());
        var lockFile = work.resolve(number + ".lock");
        var folder = work.resolve(String.valueOf(number));
        var lock =
                FileChannel.open(
                        lockFile,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (FileLocks.tryByte(lock, LOCKED_BYTE, false) == null || isAnothers(lockFile, lock)) {
                lock.close();
                return null;
            }
            remove(folder);
            Files.createDirectory(folder);
            return new ObjectCopies(folder.toRealPath(), lockFile, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Whether the file that was locked is gone, removed by who held it before, or is not it. */
    private static boolean isAnothers(Path lockFile, FileChannel lock) throws IOException {
        var sign = ProcessHandle.current().pid() + " " + System.nanoTime();
        lock.truncate(0);
        lock.write(ByteBuffer.wrap(sign.getBytes(StandardCharsets.UTF_8)));
        try {
            return !Files.readString(lockFile).equals(sign);
        } catch (NoSuchFileException _) {
            return true;
        }
    }

    /** Links followed. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        try (lock) {
            remove(folder);
            Files.deleteIfExists(lockFile);
            var work = lockFile.resolveSibling("");
            removeIfEmpty(work);
            removeIfEmpty(work.resolveSibling(""));
        } catch (IOException e) {
            throw cannotUse(folder, e);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void removeIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException _) {
            // Others are at work there.
        }
    }

    private static SourceException cannotUse(Path folder, IOException e) {
        return new SourceException(
                "source.sql: cannot use the work folder %s: %s".formatted(folder, e.getMessage()),
                e);
    }
}
