package dev.nightmail.pipeline.sink;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file whole: the new bytes are on stable storage before they take the old file's name.
 * A crash leaves the old file or the new one.
 */
public final class WholeFile {

    /** Fills the file that will take the target's name. */
    public interface Filling {
        void fill(Path partial) throws IOException;
    }

    /** Writes the bytes that will take the target's name. */
    public interface Writing {
        void write(OutputStream out) throws IOException;
    }

    private WholeFile() {}

    public static void write(Path target, Writing writing) {
        replace(
                target,
                partial -> {
                    try (var channel =
                                    FileChannel.open(
                                            partial,
                                            StandardOpenOption.CREATE,
                                            StandardOpenOption.WRITE,
                                            StandardOpenOption.TRUNCATE_EXISTING);
                            var out =
                                    new BufferedOutputStream(
                                            Channels.newOutputStream(channel), 1 << 16)) {
                        writing.write(out);
                    }
                });
    }

    /** As {@link #write}, for what is written by name and not as a stream. */
    public static void replace(Path target, Filling filling) {
        var folder = target.toAbsolutePath().getParent();
        var partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.deleteIfExists(partial);
            filling.fill(partial);
            try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(
                    partial,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            if (folder != null) {
                force(folder);
            }
        } catch (IOException e) {
            throw new SinkException("cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    /** Removes a file left by an earlier run that this run has nothing to say to. */
    public static void delete(Path target) {
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            throw new SinkException("cannot delete " + target + ": " + e.getMessage(), e);
        }
    }

    /** The rename itself is durable once its folder is. */
    private static void force(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
