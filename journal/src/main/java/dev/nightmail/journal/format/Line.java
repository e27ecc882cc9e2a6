package dev.nightmail.journal.format;

/**
 * Where a line lies in its file.
 *
 * @param length in bytes, its line feed included
 * @param crc CRC-32C of those bytes
 */
public record Line(long offset, int length, int crc) {

    public long end() {
        return offset + length;
    }
}
