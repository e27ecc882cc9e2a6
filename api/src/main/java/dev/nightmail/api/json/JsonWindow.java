package dev.nightmail.api.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes seen through a window. Bytes pass out of it once they are read, unless they are
 * {@linkplain #keep kept}; only for those does it grow, up to a bound.
 */
class JsonWindow {

    private static final int NOTHING = -1;

    private final @Nullable InputStream source;
    private final int size;
    private final int sizeMax;
    private final Room room;

    /** What the window shows: {@code position} is read next, {@code end} is behind the last. */
    byte[] buffer;

    int position;
    int end;

    /** Bytes of the stream before {@code buffer[0]}. */
    private long passed;

    private int keptFrom = NOTHING;

    JsonWindow(byte[] bytes, int offset, int length) {
        this.source = null;
        this.size = bytes.length;
        this.sizeMax = bytes.length;
        this.room = Room.UNCOUNTED;
        this.buffer = bytes;
        this.position = offset;
        this.end = offset + length;
        this.passed = -offset;
    }

    JsonWindow(InputStream source, int size, int sizeMax, Room room) {
        this.source = source;
        this.size = size;
        this.sizeMax = sizeMax;
        this.room = room;
        room.take(size);
        this.buffer = new byte[size];
    }

    /** How many bytes of the stream have been read. */
    final long offset() {
        return passed + position;
    }

    /** Keeps everything from here on in the window, until it is let go or outgrows it. */
    final void keep() {
        keptFrom = position;
    }

    final boolean keeps() {
        return keptFrom != NOTHING;
    }

    /** Where in {@link #buffer} the kept bytes begin; moves when the window does. */
    final int keptFrom() {
        return keptFrom;
    }

    final void letGo() {
        keptFrom = NOTHING;
    }

    /**
     * Reads on, once everything in the window is read.
     *
     * @return whether there is more
     */
    final boolean refill() {
        if (source == null) {
            return false;
        }
        makeRoom();
        try {
            int read = source.read(buffer, end, buffer.length - end);
            end += Math.max(read, 0);
            return read > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void makeRoom() {
        int from = keeps() ? keptFrom : position;
        if (from == 0 && end == buffer.length) {
            if (buffer.length < sizeMax) {
                replace((int) Math.min(buffer.length * 2L, sizeMax), 0);
                return;
            }
            letGo();
            from = position;
        }
        if (from == 0) {
            return;
        }
        if (buffer.length > size && end - from <= size / 2) {
            // What it was so large for has passed.
            replace(size, from);
        } else {
            System.arraycopy(buffer, from, buffer, 0, end - from);
        }
        passed += from;
        position -= from;
        end -= from;
        if (keeps()) {
            keptFrom = 0;
        }
    }

    /** Both arrays are there while one is copied into the other. */
    private void replace(int newSize, int from) {
        room.take(newSize);
        var replaced = buffer;
        buffer = new byte[newSize];
        System.arraycopy(replaced, from, buffer, 0, end - from);
        room.give(replaced.length);
    }
}
