package dev.nightmail.bench.create;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writing bytes to a new file and flushing it: what durability costs on this disk. */
final class BareWrite {

    private static final int BUFFER_BYTES = 1 << 20;

    private BareWrite() {}

    /** Copies to a file that is not there yet. */
    static long copy(Path from, Path to) throws IOException {
        var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long written = 0;
        try (var in = FileChannel.open(from, StandardOpenOption.READ);
                var out =
                        FileChannel.open(
                                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (in.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    written += out.write(buffer);
                }
            }
            out.force(false);
        }
        return written;
    }
}
