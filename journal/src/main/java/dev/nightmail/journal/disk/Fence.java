package dev.nightmail.journal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A disk to which nothing is written any more once the fence is raised: the data folder may be
 * another process's by then. What was there can still be read.
 */
public final class Fence extends ForwardingDisk {

    private volatile boolean raised;

    public Fence(Disk disk) {
        super(disk);
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
    public DiskFile openToWrite(Path file) throws IOException {
        requireOurs();
        return new FencedFile(super.openToWrite(file));
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        requireOurs();
        super.createFolders(folder);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        requireOurs();
        super.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        requireOurs();
        super.delete(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        requireOurs();
        super.forceFolder(folder);
    }

    private final class FencedFile extends ForwardingFile {

        FencedFile(DiskFile file) {
            super(file);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            requireOurs();
            super.write(source, position);
        }

        @Override
        public void set(byte value, long position) throws IOException {
            requireOurs();
            super.set(value, position);
        }

        @Override
        public void force() throws IOException {
            requireOurs();
            super.force();
        }

        @Override
        public void truncate(long length) throws IOException {
            requireOurs();
            super.truncate(length);
        }
    }
}
