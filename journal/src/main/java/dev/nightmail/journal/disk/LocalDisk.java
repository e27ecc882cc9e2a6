package dev.nightmail.journal.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The file system of this machine. */
public final class LocalDisk implements Disk {

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return LocalFile.open(file, READ);
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        try {
            return LocalFile.open(file, READ, WRITE, CREATE);
        } catch (IOException e) {
            throw Room.recognise(e, file);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path, NOFOLLOW_LINKS);
    }

    @Override
    public boolean isFolder(Path path) {
        return Files.isDirectory(path, NOFOLLOW_LINKS);
    }

    @Override
    public boolean isLink(Path path) {
        return Files.isSymbolicLink(path);
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        try (var paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        try {
            PrivateFiles.createFolders(folder);
        } catch (IOException e) {
            throw Room.recognise(e, folder);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Room.recognise(e, to);
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }

    @Override
    public Instant lastModified(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    @Override
    public SeekableByteChannel openToServe(Path file) throws IOException {
        return FileChannel.open(file, READ, NOFOLLOW_LINKS);
    }

    @Override
    public Optional<Path> pathToServe(Path file) {
        return Optional.of(file);
    }
}
