package dev.nightmail.journal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

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
    private final OpenOption[] options;
    private final Object reopening = new Object();
    private volatile FileChannel channel;
    private volatile boolean closed;

    private LocalFile(Path path, OpenOption[] options, FileChannel channel) {
        this.path = path;
        this.options = options;
        this.channel = channel;
    }

    static LocalFile open(Path path, OpenOption... options) throws IOException {
        return new LocalFile(path, options, FileChannel.open(path, options));
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
                channel = FileChannel.open(path, options);
            }
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
