package dev.nightmail.api.batches;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * The custom_ids of one batch, to find the one that is there twice. A hundred thousand of them take
 * a few megabytes: one array of characters, and a hash table of numbers, open addressed.
 */
final class CustomIds {

    private static final int NONE = -1;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final long seed;
    private byte[] characters = new byte[4 * 1024];

    /** For each id: where its characters end, and the request it names. */
    private int[] ends = new int[256];

    private int[] requests = new int[256];

    /** Positions in the two above, plus one; zero is a free slot. Never more than half full. */
    private int[] slots = new int[1024];

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
        int slot = slotOf(id);
        if (slots[slot] != 0) {
            return requests[slots[slot] - 1];
        }
        append(id, request);
        slots[slot] = size;
        if (size * 2 > slots.length) {
            rehash();
        }
        return NONE;
    }

    /** The slot that holds the id, or the free one where it belongs. */
    private int slotOf(String id) {
        int slot = hash(id) & (slots.length - 1);
        while (slots[slot] != 0 && !isAt(slots[slot] - 1, id)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
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
        slots = new int[slots.length * 2];
        for (int position = 0; position < size; position++) {
            int start = start(position);
            var id = new String(characters, start, ends[position] - start, ISO_8859_1);
            slots[slotOf(id)] = position + 1;
        }
    }

    private int hash(String id) {
        long hash = seed;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * MIX;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }
}
