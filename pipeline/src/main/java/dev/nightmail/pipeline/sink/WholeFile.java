package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.streams.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * Replaces a file whole: the new bytes are on stable storage before they take the old file's name.
 * A crash leaves the old file or the new one.
 */
public final class WholeFile {

    /** Fills the file that will take the target's name. */
    public interface Filling {
        /** Writes all of the file. */
        void fill(Path partial) throws IOException;
    }

    /** Writes the bytes that will take the target's name. */
    public interface Writing {
        /** Writes all of them. */
        void write(OutputStream out) throws IOException;
    }

    private WholeFile() {}

    /**
     * Finds out before anything is paid for whether a file could be written there. Makes its
     * folder, leaves the file as it is.
     *
     * @param key of the pipeline that names the file, for the message
     * @throws SinkException if it could not
     */
    public static void check(String key, Path target) {
        var partial = partialOf(target);
        try {
            if (Files.isDirectory(target)) {
                throw new SinkException(
                        key + ": " + target + " is a folder: name a file in it", null);
            }
            createFolder(target);
            Files.deleteIfExists(partial);
            Files.createFile(partial);
            Files.delete(partial);
        } catch (IOException e) {
            throw new SinkException(key + ": cannot write " + target + ": " + reason(e), e);
        }
    }

    /** Fills a file from a stream of bytes. */
    public static Filling stream(Writing writing) {
        return partial -> {
            try (var channel =
                            FileChannel.open(
                                    partial,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE,
                                    StandardOpenOption.TRUNCATE_EXISTING);
                    var out =
                            new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
                writing.write(out);
            }
        };
    }

    /**
     * Replaces the target.
     *
     * @param beforeIt is told the SHA-256 of what the target will hold, before it does
     * @return the same
     */
    public static String replace(Path named, Filling filling, Consumer<String> beforeIt) {
        var target = behindLinks(named);
        var folder = target.toAbsolutePath().getParent();
        var partial = partialOf(target);
        try {
            createFolder(target);
            Files.deleteIfExists(partial);
            filling.fill(partial);
            try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            var sha256 = Sha256.ofFile(partial);
            beforeIt.accept(sha256);
            Files.move(
                    partial,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            if (folder != null) {
                force(folder);
            }
            return sha256;
        } catch (IOException e) {
            throw new SinkException("cannot write " + target + ": " + reason(e), e);
        }
    }

    /** What a link points to is replaced, not the link: others read the file by its own name. */
    private static Path behindLinks(Path named) {
        try {
            return Files.isSymbolicLink(named) ? named.toRealPath() : named;
        } catch (IOException _) {
            // It leads nowhere: a file takes its place.
            return named;
        }
    }

    /** Removes a file left by an earlier run that this run has nothing to say to. */
    public static void delete(Path target) {
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            throw new SinkException("cannot delete " + target + ": " + reason(e), e);
        }
    }

    private static Path partialOf(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".partial");
    }

    private static void createFolder(Path target) throws IOException {
        var folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
    }

    /** Why a file could not be written, in words. */
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied at " + denied.getFile();
            case NoSuchFileException missing -> missing.getFile() + " cannot be made";
            case FileAlreadyExistsException file -> file.getFile() + " is no folder";
            case FileSystemException other when other.getReason() != null ->
                    String.valueOf(other.getReason());
            default -> String.valueOf(e.getMessage());
        };
    }

    /** The rename itself is durable once its folder is. */
    static void force(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
