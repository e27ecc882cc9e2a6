package dev.nightmail.api.batches;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * The custom_ids of one batch, to find the one that is there twice. A hundred thousand of them take
 * a few megabytes: one array of characters, and a hash table of numbers, open addressed.
 */
final class CustomIds {

    private static final int NONE = -1;
    private static final long UPPER_HALF = 0xFFFF_FFFF_0000_0000L;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final long seed;
    private byte[] characters = new byte[4 * 1024];

    /** For each id: where its characters end, and the request it names. */
    private int[] ends = new int[256];

    private int[] requests = new int[256];

    /**
     * Positions in the two above, plus one, below 32 bits of the id's hash, which tell most ids
     * apart without a look at them. Zero is a free slot. Never more than half full.
     */
    private long[] slots = new long[1024];

    private int size;

    /**
     * @param seed anything unpredictable, so that nobody can prepare ids that collide
     */
    CustomIds(long seed) {
        this.seed = seed;
    }

    /**
     * Adds an id.
     *
     * @param id ASCII
     * @param request the number of the request it names
     * @return the number of the request that had this id before, or -1
     */
    int add(String id, int request) {
        long hash = hash(id);
        int slot = slotOf(hash, id);
        if (slots[slot] != 0) {
            return requests[position(slots[slot])];
        }
        append(id, request);
        slots[slot] = (hash & UPPER_HALF) | size;
        if (size * 2 > slots.length) {
            rehash();
        }
        return NONE;
    }

    /** The slot that holds the id, or the free one where it belongs. */
    private int slotOf(long hash, String id) {
        int slot = home(hash);
        while (slots[slot] != 0
                && !((slots[slot] & UPPER_HALF) == (hash & UPPER_HALF)
                        && isAt(position(slots[slot]), id))) {
            slot = next(slot);
        }
        return slot;
    }

    /** By the upper half, so that a slot can be moved without its id. */
    private int home(long hash) {
        return (int) (hash >>> 32) & (slots.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (slots.length - 1);
    }

    private static int position(long slot) {
        return (int) slot - 1;
    }

    private boolean isAt(int position, String id) {
        int start = start(position);
        if (ends[position] - start != id.length()) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (characters[start + i] != id.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int start(int position) {
        return position == 0 ? 0 : ends[position - 1];
    }

    private void append(String id, int request) {
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            requests = Arrays.copyOf(requests, size * 2);
        }
        int start = start(size);
        int end = start + id.length();
        if (end > characters.length) {
            characters = Arrays.copyOf(characters, Math.max(end, characters.length * 2));
        }
        System.arraycopy(id.getBytes(ISO_8859_1), 0, characters, start, id.length());
        ends[size] = end;
        requests[size] = request;
        size++;
    }

    private void rehash() {
        var old = slots;
        slots = new long[old.length * 2];
        for (long entry : old) {
            if (entry != 0) {
                int slot = home(entry);
                while (slots[slot] != 0) {
                    slot = next(slot);
                }
                slots[slot] = entry;
            }
        }
    }

    private long hash(String id) {
        long hash = seed;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * MIX;
            hash ^= hash >>> 32;
        }
        // What the last step mixed lies in the lower half.
        return hash * MIX;
    }
}
