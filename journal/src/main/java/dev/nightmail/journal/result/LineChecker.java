package dev.nightmail.journal.result;

import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.Line;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Compares lines with their checksums; lines in the order of the file cost few reads. */
final class LineChecker {

    private static final int WINDOW_BYTES = 512 * 1024;

    private final DiskFile file;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowOffset;

    LineChecker(DiskFile file) {
        this.file = file;
    }

    boolean isIntact(Line line) throws IOException {
        var crc = new CRC32C();
        long at = line.offset();
        while (at < line.end()) {
            if (at < windowOffset || at >= windowOffset + window.limit()) {
                windowOffset = at;
                file.read(window.clear(), at);
                if (window.flip().limit() == 0) {
                    return false;
                }
            }
            int from = (int) (at - windowOffset);
            int length = (int) Math.min(window.limit() - from, line.end() - at);
            crc.update(window.array(), from, length);
            at += length;
        }
        return (int) crc.getValue() == line.crc();
    }
}
