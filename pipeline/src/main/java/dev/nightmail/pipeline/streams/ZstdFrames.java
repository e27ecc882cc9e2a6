package dev.nightmail.pipeline.streams;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Looks whether a zstd file is whole. DuckDB takes one that was cut off for one that ends there, so
 * records would be missing and nobody told. Only the headers of blocks are read (RFC 8878, section
 * 3.1); nothing is unpacked.
 */
public final class ZstdFrames {

    private static final int MAGIC = 0xFD2FB528;

    /** 16 magic numbers of frames that hold no data. */
    private static final int SKIPPABLE_MAGIC = 0x184D2A50;

    private static final int SKIPPABLE_MASK = 0xFFFFFFF0;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int REPEATED_BYTE = 1;

    private ZstdFrames() {}

    /** Whether a file of this name is packed with zstd. */
    public static boolean isName(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".zst");
    }

    /** Whether every frame of a file is there to its end; a file that is no zstd file has none. */
    public static boolean areWhole(Path file) throws IOException {
        try (var in =
                new DataInputStream(
                        new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
            int frames = 0;
            for (int first = in.read(); first >= 0; first = in.read()) {
                int magic = first | (in.readUnsignedByte() << 8) | (littleEndian(in, 2) << 16);
                if ((magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
                    skip(in, Integer.toUnsignedLong(littleEndian(in, 4)));
                } else if (magic == MAGIC) {
                    skipFrame(in);
                } else {
                    return false;
                }
                frames++;
            }
            return frames > 0;
        } catch (EOFException _) {
            return false;
        }
    }

    private static void skipFrame(DataInputStream in) throws IOException {
        int descriptor = in.readUnsignedByte();
        boolean isSingleSegment = (descriptor & 0x20) != 0;
        int sizeFlag = descriptor >> 6;
        int sizeBytes = sizeFlag == 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
        int dictionaryFlag = descriptor & 3;
        int dictionaryBytes = dictionaryFlag == 3 ? 4 : dictionaryFlag;
        skip(in, (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
        boolean isLast = false;
        while (!isLast) {
            int block = littleEndian(in, 3);
            isLast = (block & 1) != 0;
            skip(in, ((block >> 1) & 3) == REPEATED_BYTE ? 1 : block >> 3);
        }
        boolean hasChecksum = (descriptor & 4) != 0;
        skip(in, hasChecksum ? 4 : 0);
    }

    private static int littleEndian(InputStream in, int bytes) throws IOException {
        int value = 0;
        for (int index = 0; index < bytes; index++) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            value |= next << (8 * index);
        }
        return value;
    }

    private static void skip(InputStream in, long bytes) throws IOException {
        in.skipNBytes(bytes);
    }
}
