package dev.nightmail.journal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * A file of fixed-width records: how its header looks and how a record is sealed.
 *
 * <p>Numbers are big-endian. The header is {@value #HEADER_BYTES} bytes: 8 bytes of ASCII magic,
 * the version of the format (int, 1), the width of a record in bytes (int), zeros, and in the last
 * four bytes the CRC-32C of all before. Each record ends with the CRC-32C of its other bytes.
 *
 * @param magic 8 ASCII characters
 */
public record RecordFormat(String magic, int recordBytes) {

    public static final int HEADER_BYTES = 64;

    private static final int VERSION = 1;

    public RecordFormat {
        if (magic.length() != 8) {
            throw new IllegalArgumentException("a magic has 8 characters");
        }
    }

    /** The header, ready to be written. */
    public ByteBuffer header() {
        var header = ByteBuffer.allocate(HEADER_BYTES);
        header.put(magic.getBytes(US_ASCII)).putInt(VERSION).putInt(recordBytes);
        header.position(HEADER_BYTES - Integer.BYTES);
        seal(header, 0, HEADER_BYTES);
        return header.position(0);
    }

    public boolean isHeader(ByteBuffer bytes) {
        return bytes.limit() >= HEADER_BYTES && bytes.slice(0, HEADER_BYTES).equals(header());
    }

    /** Writes the checksum of the record that starts at {@code start} into its last bytes. */
    public void seal(ByteBuffer records, int start) {
        seal(records, start, recordBytes);
    }

    public boolean isSealed(ByteBuffer records, int start) {
        int last = recordBytes - Integer.BYTES;
        return Crc.of(records.slice(start, last)) == records.getInt(start + last);
    }

    private static void seal(ByteBuffer records, int start, int length) {
        int last = length - Integer.BYTES;
        records.putInt(start + last, Crc.of(records.slice(start, last)));
    }

    /** Where record {@code index} begins in the file. */
    public long position(long index) {
        return HEADER_BYTES + index * recordBytes;
    }
}
