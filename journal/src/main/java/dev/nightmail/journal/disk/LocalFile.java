package dev.nightmail.journal.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file channel that survives interrupts while reading.
 *
 * <p>An interrupt of a thread inside a channel closes the channel for everybody. Requests are read
 * by threads that are interrupted when their work is called off, and one of them must not take the
 * file from all the others: so a read that finds the channel closed opens it again. A write or a
 * flush does not: after those nobody knows what is on the disk, and they fail.
 */
final class LocalFile implements DiskFile {

    private final Path path;
    private final Set<OpenOption> options;
    private final FileKey key;
    private final Object reopening = new Object();
    private volatile FileChannel channel;
    private volatile boolean closed;
    private volatile @Nullable MemorySegment mapped;

    private LocalFile(Path path, Set<OpenOption> options, FileKey key, FileChannel channel) {
        this.path = path;
        this.options = options;
        this.key = key;
        this.channel = channel;
    }

    static LocalFile open(Path path, OpenOption... options) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new IOException(path + " is a link, which is not followed");
        }
        var all = new HashSet<>(Set.of(options));
        all.add(NOFOLLOW_LINKS);
        var channel = PrivateFiles.open(path, all);
        // What has gone meanwhile is not made anew.
        all.remove(CREATE);
        try {
            return new LocalFile(path, Set.copyOf(all), FileKey.of(path), channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public boolean isInPlace() throws IOException {
        return key.isAt(path);
    }

    @Override
    public long length() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        boolean interrupted = false;
        try {
            while (true) {
                var current = channel;
                try {
                    return readFully(current, target, position);
                } catch (ClosedChannelException e) {
                    if (closed) {
                        throw e;
                    }
                    interrupted |= Thread.interrupted();
                    target.position(start);
                    reopen(current);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int readFully(FileChannel channel, ByteBuffer target, long position)
            throws IOException {
        int start = target.position();
        while (target.hasRemaining()) {
            int read = channel.read(target, position + target.position() - start);
            if (read < 0) {
                break;
            }
        }
        return target.position() - start;
    }

    /** Opens it again, unless another thread has done so already. */
    @SuppressWarnings("ReferenceEquality") // which channel it is, is the question
    private void reopen(FileChannel broken) throws IOException {
        synchronized (reopening) {
            if (channel == broken && !closed) {
                channel = openedAgain();
            }
        }
    }

    private FileChannel openedAgain() throws IOException {
        var again = FileChannel.open(path, options);
        try {
            if (!isInPlace()) {
                throw new IOException(path + " was removed or replaced");
            }
            return again;
        } catch (IOException e) {
            again.close();
            throw e;
        }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        int start = source.position();
        try {
            while (source.hasRemaining()) {
                channel.write(source, position + source.position() - start);
            }
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw Room.recognise(e, path);
        }
    }

    /**
     * Into memory that is the operating system's copy of the file: a system call for each byte
     * would be the dearest part of a short call. The memory is given back some time after the file
     * is closed.
     */
    @Override
    public void set(byte value, long position) throws IOException {
        var memory = mapped;
        try {
            (memory == null ? map() : memory).set(ValueLayout.JAVA_BYTE, position, value);
        } catch (InternalError | IndexOutOfBoundsException e) {
            // So the virtual machine says that the page could be neither read nor made, or that
            // the file was shorter when it was mapped.
            throw new IOException("cannot reach " + path, e);
        }
    }

    private MemorySegment map() throws IOException {
        synchronized (reopening) {
            var memory = mapped;
            if (memory == null) {
                memory = channel.map(MapMode.READ_WRITE, 0, channel.size(), Arena.ofAuto());
                mapped = memory;
            }
            return memory;
        }
    }

    @Override
    public void force() throws IOException {
        try {
            channel.force(false);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // Some file systems only look for room now.
            throw Room.recognise(e, path);
        }
    }

    @Override
    public void truncate(long length) throws IOException {
        channel.truncate(length);
    }

    @Override
    public void close() throws IOException {
        synchronized (reopening) {
            closed = true;
            channel.close();
        }
    }
}
