package dev.nightmail.cli.batches;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is written on at its end, from run to run. */
final class GrowingFile implements AutoCloseable {

    private final FileChannel channel;

    GrowingFile(Path place) throws IOException {
        this.channel =
                FileChannel.open(
                        place,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        channel.position(channel.size());
    }

    long length() throws IOException {
        return channel.size();
    }

    /** Its last bytes, at most so many. */
    byte[] tail(int bytesMax) throws IOException {
        var tail = ByteBuffer.allocate((int) Math.min(bytesMax, channel.size()));
        long start = channel.size() - tail.capacity();
        while (tail.hasRemaining()) {
            if (channel.read(tail, start + tail.position()) < 0) {
                throw new IOException("it became shorter while it was read");
            }
        }
        return tail.array();
    }

    /** What is written there comes behind everything that was in the file. */
    OutputStream stream() {
        return Channels.newOutputStream(channel);
    }

    /** Brings it to stable storage. */
    void complete() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
