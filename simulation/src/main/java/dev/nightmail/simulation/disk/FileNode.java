package dev.nightmail.simulation.disk;

import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * The bytes of a file: in the page cache, and on the disk.
 *
 * <p>A page that was written is dirty until it is stored. Pages are stored in any order; the length
 * too. After a loss of power each dirty page is the old one, the new one, or the new one up to some
 * byte; the length is the old one, the new one, or something between; what was never stored is
 * zeros.
 *
 * <p>A flush that fails stores some of the dirty pages and takes all of them for clean, as Linux
 * does: the next flush will not store them, and once they leave the cache the old bytes are back.
 */
final class FileNode implements Node {

    private final int pageBytes;
    private final BitSet dirty = new BitSet();
    private byte[] cached = {};
    private int length;
    private byte[] stored = {};
    private int storedLength;

    /** Shortest the file was since the length was stored. */
    private int cutTo;

    private byte[] guaranteed = {};
    private Instant modified;

    FileNode(int pageBytes, Instant modified) {
        this.pageBytes = pageBytes;
        this.modified = modified;
    }

    int length() {
        return length;
    }

    Instant modified() {
        return modified;
    }

    int read(byte[] target, int offset, int wanted, long position) {
        int read = Math.clamp(length - position, 0, wanted);
        if (read > 0) {
            System.arraycopy(cached, (int) position, target, offset, read);
        }
        return read;
    }

    void write(byte[] bytes, int count, int position, Instant now) {
        int end = position + count;
        grow(end);
        System.arraycopy(bytes, 0, cached, position, count);
        length = Math.max(length, end);
        if (count > 0) {
            dirty.set(position / pageBytes, (end - 1) / pageBytes + 1);
        }
        modified = now;
    }

    private void grow(int end) {
        int pages = (end + pageBytes - 1) / pageBytes * pageBytes;
        if (cached.length < pages) {
            cached = Arrays.copyOf(cached, Math.max(pages, 2 * cached.length));
            stored = Arrays.copyOf(stored, cached.length);
        }
    }

    void truncate(int to, Instant now) {
        if (to < length) {
            Arrays.fill(cached, to, length, (byte) 0);
            dirty.clear((to + pageBytes - 1) / pageBytes, Integer.MAX_VALUE);
            length = to;
            cutTo = Math.min(cutTo, to);
            modified = now;
        }
    }

    /** The system stores a page when it likes. */
    void writeBack(RandomGenerator random) {
        int page = dirty.nextSetBit(random.nextInt(dirty.length() + 1));
        if (page >= 0) {
            store(page, pageBytes);
            dirty.clear(page);
        }
    }

    private void store(int page, int bytes) {
        cutStored();
        System.arraycopy(cached, page * pageBytes, stored, page * pageBytes, bytes);
    }

    void force() {
        cutStored();
        dirty.stream().forEach(page -> store(page, pageBytes));
        dirty.clear();
        storedLength = length;
        cutTo = length;
        guaranteed = Arrays.copyOf(stored, storedLength);
    }

    /** What was cut off is gone before anything that came after it is there: it gets new blocks. */
    private void cutStored() {
        if (cutTo < storedLength) {
            Arrays.fill(stored, cutTo, storedLength, (byte) 0);
            storedLength = cutTo;
        }
    }

    void forceInVain(RandomGenerator random) {
        cutStored();
        for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
            if (random.nextBoolean()) {
                store(page, random.nextBoolean() ? pageBytes : random.nextInt(pageBytes + 1));
            }
            if (random.nextInt(4) == 0) {
                // It leaves the cache, and is read from the disk again.
                System.arraycopy(stored, page * pageBytes, cached, page * pageBytes, pageBytes);
            }
        }
        dirty.clear();
    }

    /** What is left of it when the power goes. */
    void losePower(RandomGenerator random) {
        if (cutTo < storedLength && random.nextBoolean()) {
            // Neither the cut nor what was written after it.
            dirty.clear(cutTo / pageBytes, Integer.MAX_VALUE);
            length = storedLength;
            cutTo = storedLength;
        }
        cutStored();
        int survives = survivingLength(random);
        for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
            switch (random.nextInt(3)) {
                case 0 -> {}
                case 1 -> store(page, pageBytes);
                default -> store(page, random.nextInt(pageBytes + 1));
            }
        }
        dirty.clear();
        Arrays.fill(stored, survives, stored.length, (byte) 0);
        storedLength = survives;
        length = survives;
        cutTo = survives;
        cached = stored.clone();
        guaranteed = Arrays.copyOf(stored, survives);
    }

    private int survivingLength(RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> storedLength;
            case 1 -> length;
            default ->
                    Math.min(storedLength, length)
                            + random.nextInt(Math.abs(storedLength - length) + 1);
        };
    }

    /** What a loss of power would leave in any case. */
    byte[] guaranteed() {
        return guaranteed;
    }

    byte[] content() {
        return Arrays.copyOf(cached, length);
    }

    /** Behind everybody's back. */
    void flipBit(int position, int bit) {
        cached[position] ^= (byte) (1 << bit);
        stored[position] ^= (byte) (1 << bit);
        guaranteed = guaranteed.clone();
        if (position < guaranteed.length) {
            guaranteed[position] ^= (byte) (1 << bit);
        }
    }
}
