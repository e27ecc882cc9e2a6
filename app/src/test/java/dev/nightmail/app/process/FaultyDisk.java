package dev.nightmail.app.process;

import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The disk of this machine, which fails on order: once, at the n-th step that changes something; or
 * from the n-th step that needs room until there is room again.
 */
final class FaultyDisk implements Disk {

    private final Disk disk = new LocalDisk();
    private int steps;
    private int failingStep;
    private boolean isFilling;

    private enum Step {
        GROWING,
        OTHER
    }

    /** The n-th step from now fails. */
    synchronized void failAt(int step) {
        steps = 0;
        failingStep = step;
        isFilling = false;
    }

    /** From the n-th step on, what needs room fails. */
    synchronized void fullFrom(int step) {
        failAt(step);
        isFilling = true;
    }

    /** Nothing fails any more; how many steps there were since the last order. */
    synchronized int heal() {
        failingStep = 0;
        return steps;
    }

    private synchronized void step(Step step, Path path) throws IOException {
        steps++;
        if (failingStep == 0) {
            return;
        }
        if (isFilling && steps >= failingStep && step == Step.GROWING) {
            throw new FileSystemException(path.toString(), null, "No space left on device");
        }
        if (!isFilling && steps == failingStep) {
            throw new FileSystemException(path.toString(), null, "Input/output error");
        }
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return disk.openToRead(file);
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        if (!disk.exists(file)) {
            step(Step.GROWING, file);
        }
        return new FaultyFile(file, disk.openToWrite(file));
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
    public List<String> list(Path folder) throws IOException {
        return disk.list(folder);
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        if (!disk.exists(folder)) {
            step(Step.GROWING, folder);
        }
        disk.createFolders(folder);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step(Step.OTHER, from);
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (disk.exists(path)) {
            step(Step.OTHER, path);
        }
        disk.delete(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        step(Step.OTHER, folder);
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

    private final class FaultyFile implements DiskFile {

        private final Path path;
        private final DiskFile file;

        FaultyFile(Path path, DiskFile file) {
            this.path = path;
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

        /** Half of it arrives before it fails, as with a real disk. */
        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            boolean isGrowing = position + source.remaining() > file.length();
            try {
                step(isGrowing ? Step.GROWING : Step.OTHER, path);
            } catch (IOException e) {
                file.write(source.slice(source.position(), source.remaining() / 2), position);
                throw e;
            }
            file.write(source, position);
        }

        @Override
        public void force() throws IOException {
            step(Step.OTHER, path);
            file.force();
        }

        @Override
        public void truncate(long length) throws IOException {
            step(Step.OTHER, path);
            file.truncate(length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
