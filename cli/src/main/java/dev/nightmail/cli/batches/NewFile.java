package dev.nightmail.cli.batches;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is there whole or not at all: written beside its place under another name, brought to
 * stable storage, then renamed. Closed without {@link #complete}, it leaves nothing behind, and
 * what was there before stays.
 */
final class NewFile implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Path place;
    private final Path draft;
    private final FileChannel channel;
    private final OutputStream stream;

    NewFile(Path place) throws IOException {
        this.place = place;
        var folder = place.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(String.valueOf(folder), null, "there is no such folder");
        }
        // One name for each place: a draft a killed process left is overwritten, not piled up.
        this.draft = folder.resolve("." + place.getFileName() + ".part");
        this.channel =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        this.stream = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
    }

    OutputStream stream() {
        return stream;
    }

    void complete() throws IOException {
        stream.flush();
        channel.force(true);
        channel.close();
        Files.move(
                draft, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(draft);
    }
}
