package dev.nightmail.simulation.disk;

import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.simulation.fault.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/** A file that a process has open. */
final class AttachedFile implements DiskFile {

    private final AttachedDisk disk;
    private final String name;
    private final FileNode file;
    private boolean closed;

    AttachedFile(AttachedDisk disk, String name, FileNode file) {
        this.disk = disk;
        this.name = name;
        this.file = file;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public long length() throws IOException {
        requireOpen();
        return file.length();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        requireOpen();
        disk.failPerhaps(Fault.READ_ERROR, "read " + name);
        int read =
                file.read(
                        target.array(),
                        target.arrayOffset() + target.position(),
                        target.remaining(),
                        position);
        target.position(target.position() + read);
        return read;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        requireOpen();
        var bytes = new byte[source.remaining()];
        source.get(bytes);
        int at = Math.toIntExact(position);
        disk.change(
                "write " + name,
                () -> {
                    if (disk.faults().isDiskFull() && at + bytes.length > file.length()) {
                        file.write(bytes, part(bytes), at, disk.now());
                        throw new IOException("No space left on device (simulated)");
                    }
                    if (disk.faults().happens(Fault.WRITE_ERROR)) {
                        file.write(bytes, part(bytes), at, disk.now());
                        throw new IOException("simulated failure: write " + name);
                    }
                    file.write(bytes, bytes.length, at, disk.now());
                    while (disk.faults().happens(Fault.WRITE_BACK)) {
                        file.writeBack(disk.random());
                    }
                });
    }

    private int part(byte[] bytes) {
        return disk.random().nextInt(bytes.length + 1);
    }

    @Override
    public void force() throws IOException {
        requireOpen();
        disk.change(
                "force " + name,
                () -> {
                    if (disk.faults().happens(Fault.FORCE_ERROR)) {
                        file.forceInVain(disk.random());
                        throw new IOException("simulated failure: force " + name);
                    }
                    if (!disk.liesAboutForce()) {
                        file.force();
                    }
                });
    }

    @Override
    public void truncate(long length) throws IOException {
        requireOpen();
        disk.change(
                "truncate " + name,
                () -> {
                    disk.failPerhaps(Fault.WRITE_ERROR, "truncate");
                    file.truncate(Math.toIntExact(length), disk.now());
                });
    }

    @Override
    public void close() {
        closed = true;
    }
}
