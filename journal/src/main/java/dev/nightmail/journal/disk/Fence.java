package dev.nightmail.journal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A disk to which nothing is written any more once the fence is raised: the data folder may be
 * another process's by then. What was there can still be read.
 */
public final class Fence implements Disk {

    private final Disk disk;
    private volatile boolean raised;

    public Fence(Disk disk) {
        this.disk = disk;
    }

    /** For good. */
    public void raise() {
        raised = true;
    }

    public boolean isRaised() {
        return raised;
    }

    private void requireOurs() throws IOException {
        if (raised) {
            throw new IOException(
                    "the data folder is not this server's any more: its lock file was removed");
        }
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return disk.openToRead(file);
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        requireOurs();
        return new FencedFile(disk.openToWrite(file));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public boolean isFolder(Path path) throws IOException {
        return disk.isFolder(path);
    }

    @Override
    public boolean isLink(Path path) throws IOException {
        return disk.isLink(path);
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        return disk.list(folder);
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        requireOurs();
        disk.createFolders(folder);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        requireOurs();
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        requireOurs();
        disk.delete(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        requireOurs();
        disk.forceFolder(folder);
    }

    @Override
    public Instant lastModified(Path file) throws IOException {
        return disk.lastModified(file);
    }

    @Override
    public SeekableByteChannel openToServe(Path file) throws IOException {
        return disk.openToServe(file);
    }

    @Override
    public Optional<Path> pathToServe(Path file) {
        return disk.pathToServe(file);
    }

    private final class FencedFile implements DiskFile {

        private final DiskFile file;

        FencedFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            requireOurs();
            file.write(source, position);
        }

        @Override
        public void force() throws IOException {
            requireOurs();
            file.force();
        }

        @Override
        public void truncate(long length) throws IOException {
            requireOurs();
            file.truncate(length);
        }

        @Override
        public boolean isInPlace() throws IOException {
            return file.isInPlace();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
