package dev.nightmail.pipeline.state;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by their custom id: a hash table of their numbers that lives as long as one reading
 * of the source. It is made from the records of the state, so nothing depends on it after a crash.
 *
 * <p>A database index on ids would be written at random places once it is larger than memory; this
 * is 16 bytes for each slot, at most three quarters of them full, in a mapped file whose pages the
 * system keeps or drops. Small ones stay on the heap. One thread.
 */
public final class RecordIndex implements AutoCloseable {

    private static final int SLOT_BYTES = 16;
    private static final long SLOTS_MIN = 1 << 12;

    /** 16 MB of heap; beyond it a file. */
    private static final long SLOTS_ON_HEAP = 1 << 20;

    private final @Nullable Path folder;
    private final String name;
    private Arena arena = Arena.ofConfined();
    private MemorySegment table;
    private long slots = SLOTS_MIN;
    private long size;

    /**
     * @param folder for the file, if it comes to one; null: memory only
     * @param name of the file, unlike that of another index in the folder
     */
    RecordIndex(@Nullable Path folder, String name) {
        this.folder = folder;
        this.name = name;
        this.table = MemorySegment.ofArray(new long[(int) (SLOTS_MIN * 2)]);
    }

    /** One that is empty and stays in memory. */
    public static RecordIndex inMemory() {
        return new RecordIndex(null, "");
    }

    /** A hash that spreads ids which differ in one digit. */
    static long hash(String customId) {
        long hash = 0xCBF29CE484222325L;
        for (int index = 0; index < customId.length(); index++) {
            hash = (hash ^ customId.charAt(index)) * 0x100000001B3L;
        }
        hash ^= hash >>> 32;
        hash *= 0x9E3779B97F4A7C15L;
        return hash ^ (hash >>> 29);
    }

    public void add(String customId, long number) {
        add(hash(customId), number);
    }

    void add(long hash, long number) {
        if ((size + 1) * 4 > slots * 3) {
            grow();
        }
        put(hash, number);
        size++;
    }

    /**
     * The first record number of this custom id's hash that is accepted.
     *
     * @return 0 if none is
     */
    public long find(String customId, LongPredicate isIt) {
        return find(hash(customId), isIt);
    }

    long find(long hash, LongPredicate isIt) {
        for (long slot = hash & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
            long number = number(slot);
            if (number == 0) {
                return 0;
            }
            if (hash(slot) == hash && isIt.test(number)) {
                return number;
            }
        }
    }

    /** Whether there was one of this hash, in whose place the number is now. */
    boolean replace(long hash, long number) {
        for (long slot = hash & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
            if (number(slot) == 0) {
                return false;
            }
            if (hash(slot) == hash) {
                table.set(ValueLayout.JAVA_LONG, slot * SLOT_BYTES + Long.BYTES, number);
                return true;
            }
        }
    }

    private void put(long hash, long number) {
        long slot = hash & (slots - 1);
        while (number(slot) != 0) {
            slot = (slot + 1) & (slots - 1);
        }
        table.set(ValueLayout.JAVA_LONG, slot * SLOT_BYTES, hash);
        table.set(ValueLayout.JAVA_LONG, slot * SLOT_BYTES + Long.BYTES, number);
    }

    private long hash(long slot) {
        return table.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES);
    }

    private long number(long slot) {
        return table.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES + Long.BYTES);
    }

    private void grow() {
        var before = table;
        var beforeArena = arena;
        long slotsBefore = slots;
        slots *= slots < SLOTS_ON_HEAP ? 4 : 2;
        arena = Arena.ofConfined();
        table = allocate();
        for (long slot = 0; slot < slotsBefore; slot++) {
            long number = before.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES + Long.BYTES);
            if (number != 0) {
                put(before.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES), number);
            }
        }
        beforeArena.close();
    }

    private MemorySegment allocate() {
        if (slots <= SLOTS_ON_HEAP || folder == null) {
            return MemorySegment.ofArray(new long[Math.toIntExact(slots * 2)]);
        }
        try {
            Files.createDirectories(folder);
            var file = folder.resolve(name + "-" + slots + ".tmp");
            try (var channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE)) {
                return channel.map(FileChannel.MapMode.READ_WRITE, 0, slots * SLOT_BYTES, arena);
            }
        } catch (IOException e) {
            throw new StateException(
                    "cannot write the index of records in " + folder + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
