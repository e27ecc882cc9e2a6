package dev.nightmail.journal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The bytes of a file, to be read only. */
public final class FileInMemory implements DiskFile {

    private final ByteBuffer bytes;

    /** Shares the array. */
    public FileInMemory(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** All of a file; nothing if there is none. */
    public static byte[] bytes(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) {
            return new byte[0];
        }
        try (var file = disk.openToRead(path)) {
            var all = new byte[Math.toIntExact(file.length())];
            file.read(ByteBuffer.wrap(all), 0);
            return all;
        }
    }

    @Override
    public long length() {
        return bytes.limit();
    }

    @Override
    public int read(ByteBuffer target, long position) {
        int count = Math.clamp(length() - position, 0, target.remaining());
        if (count > 0) {
            target.put(bytes.slice((int) position, count));
        }
        return count;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        throw readOnly();
    }

    @Override
    public void force() throws IOException {
        throw readOnly();
    }

    @Override
    public void truncate(long length) throws IOException {
        throw readOnly();
    }

    private static IOException readOnly() {
        return new IOException("this file is read only");
    }

    @Override
    public void close() {}
}
