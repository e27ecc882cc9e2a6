package dev.nightmail.app.process;

import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.disk.ForwardingDisk;
import dev.nightmail.journal.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * The disk of this machine, which fails on order: once, at the n-th step that changes something; or
 * from the n-th step that needs room until there is room again.
 */
final class FaultyDisk extends ForwardingDisk {

    private int steps;
    private int failingStep;
    private boolean isFilling;

    private enum Step {
        GROWING,
        OTHER
    }

    FaultyDisk() {
        super(new LocalDisk());
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
    public DiskFile openToWrite(Path file) throws IOException {
        if (!exists(file)) {
            step(Step.GROWING, file);
        }
        return new FaultyFile(file, super.openToWrite(file));
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        if (!exists(folder)) {
            step(Step.GROWING, folder);
        }
        super.createFolders(folder);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step(Step.OTHER, from);
        super.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (exists(path)) {
            step(Step.OTHER, path);
        }
        super.delete(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        step(Step.OTHER, folder);
        super.forceFolder(folder);
    }

    private final class FaultyFile extends ForwardingFile {

        private final Path path;

        FaultyFile(Path path, DiskFile file) {
            super(file);
            this.path = path;
        }

        /** Half of it arrives before it fails, as with a real disk. */
        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            boolean isGrowing = position + source.remaining() > length();
            try {
                step(isGrowing ? Step.GROWING : Step.OTHER, path);
            } catch (IOException e) {
                super.write(source.slice(source.position(), source.remaining() / 2), position);
                throw e;
            }
            super.write(source, position);
        }

        @Override
        public void set(byte value, long position) throws IOException {
            write(ByteBuffer.wrap(new byte[] {value}), position);
        }

        @Override
        public void force() throws IOException {
            step(Step.OTHER, path);
            super.force();
        }

        @Override
        public void truncate(long length) throws IOException {
            step(Step.OTHER, path);
            super.truncate(length);
        }
    }
}
