package dev.nightmail.journal.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What tells a file from another of the same name.
 *
 * @param key null where the system has no such
 */
public record FileKey(@Nullable Object key) {

    /** Of the file itself, also where it is a link. */
    public static FileKey of(Path file) throws IOException {
        return new FileKey(
                Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS).fileKey());
    }

    /** Whether the file is still there by this name: neither removed, replaced nor moved away. */
    public boolean isAt(Path file) throws IOException {
        try {
            return equals(of(file));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false;
        }
    }
}
