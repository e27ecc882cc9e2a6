package dev.nightmail.journal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

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

    /**
     * @param name of the file, for the message
     * @throws IOException if this is a header, and it is one of a newer version
     */
    public void refuseNewer(String name, ByteBuffer bytes) throws IOException {
        if (bytes.limit() < HEADER_BYTES
                || !bytes.slice(0, magic.length()).equals(ByteBuffer.wrap(magic.getBytes(US_ASCII)))
                || Crc.of(bytes.slice(0, HEADER_BYTES - Integer.BYTES))
                        != bytes.getInt(HEADER_BYTES - Integer.BYTES)) {
            return;
        }
        int version = bytes.getInt(magic.length());
        if (version > VERSION) {
            throw new IOException(
                    "%s has format %d, which a newer Nightmail wrote; this one reads up to %d"
                            .formatted(name, version, VERSION));
        }
    }

    /** Writes the checksum of the record that starts at {@code start} into its last bytes. */
    public void seal(ByteBuffer records, int start) {
        seal(records, start, recordBytes);
    }

    public boolean isSealed(ByteBuffer records, int start) {
        int last = recordBytes - Integer.BYTES;
        return Crc.of(records.slice(start, last)) == records.getInt(start + last);
    }

    /** The record that starts there as it was, if only a single bit of it has changed. */
    public Optional<byte[]> mend(ByteBuffer records, int start) {
        int last = recordBytes - Integer.BYTES;
        var found = new byte[recordBytes];
        records.get(start, found);
        int crc = records.getInt(start + last);
        var mended =
                BitMender.mend(Arrays.copyOf(found, last), crc)
                        .map(content -> Arrays.copyOf(content, recordBytes))
                        .or(() ->
                                bitsApart(Crc.of(found, 0, last), crc) == 1
                                        ? Optional.of(found)
                                        : Optional.empty());
        mended.ifPresent(record -> seal(ByteBuffer.wrap(record), 0));
        return mended;
    }

    private static int bitsApart(int one, int other) {
        return Integer.bitCount(one ^ other);
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
