package dev.nightmail.bench.settle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The limit: lines that are ready are copied to the end of a file, a group with one write and one
 * fdatasync. It keeps no account of them.
 */
final class BareAppend {

    private final Answered answers;

    BareAppend(Answered answers) {
        this.answers = answers;
    }

    /** To a new file. @return its length */
    long append(Path file, int groupMax) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.allocateDirect(groupMax * answers.lineBytes());
            for (int from = 0; from < answers.requests(); from += groupMax) {
                int end = Math.min(answers.requests(), from + groupMax);
                write(channel, group(buffer.clear(), from, end));
                channel.force(false);
            }
            return channel.size();
        }
    }

    private ByteBuffer group(ByteBuffer buffer, int from, int end) {
        for (int number = from; number < end; number++) {
            buffer.put(answers.line(number));
        }
        return buffer.flip();
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
