package dev.nightmail.journal.disk;

import dev.nightmail.core.journal.StorageFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Tells a disk that is full from one that fails. */
final class Room {

    /** Java passes on the system's words and nothing else; these are the English ones. */
    private static final List<String> WORDS =
            List.of("no space left on device", "disk quota exceeded", "file too large");

    private Room() {}

    /** The failure under its own name, if it is for want of room. */
    static IOException recognise(IOException failure, Path at) {
        return speaksOfRoom(failure) || isFull(at)
                ? new StorageFullException("no room left on the disk", failure)
                : failure;
    }

    private static boolean speaksOfRoom(IOException failure) {
        var message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return WORDS.stream().anyMatch(message::contains);
    }

    /** In whatever language the system speaks. */
    private static boolean isFull(Path at) {
        try {
            for (Path folder = at; folder != null; folder = folder.getParent()) {
                if (Files.exists(folder)) {
                    return Files.getFileStore(folder).getUsableSpace() == 0;
                }
            }
            return false;
        } catch (IOException e) {
            // Whatever is wrong with this disk, it is more than a want of room.
            return false;
        }
    }
}
