package dev.nightmail.simulation.reader;

import dev.nightmail.core.usage.Usage;
import dev.nightmail.simulation.turn.Violation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** {@code results.index}, by its description and nothing else. */
public final class StoredIndex {

    private static final int HEADER_BYTES = 64;

    /** One record. */
    public record Entry(int number, int type, long offset, int length, int crc, Usage usage) {}

    private StoredIndex() {}

    /**
     * Every record that is sealed by its checksum.
     *
     * @param mayBeTorn whether others are no violation
     */
    public static List<Entry> read(byte[] bytes, boolean mayBeTorn) {
        var buffer = ByteBuffer.wrap(bytes);
        int recordBytes = buffer.getInt(12);
        var records = new ArrayList<Entry>();
        for (int at = HEADER_BYTES; at < bytes.length; at += recordBytes) {
            if (at + recordBytes > bytes.length
                    || crc(bytes, at, recordBytes - 4) != buffer.getInt(at + recordBytes - 4)) {
                if (mayBeTorn) {
                    continue;
                }
                throw new Violation("results.index is damaged at " + at);
            }
            records.add(
                    new Entry(
                            buffer.getInt(at),
                            buffer.getInt(at + 4),
                            buffer.getLong(at + 8),
                            buffer.getInt(at + 16),
                            buffer.getInt(at + 20),
                            new Usage(
                                    buffer.getInt(at + 32),
                                    buffer.getInt(at + 36),
                                    buffer.getInt(at + 40),
                                    buffer.getInt(at + 44),
                                    buffer.getInt(at + 48))));
        }
        return records;
    }

    public static int crc(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
