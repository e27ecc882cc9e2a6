package dev.nightmail.core.memory;

import org.jspecify.annotations.Nullable;

/**
 * The memory one call holds, counted in bytes. It grows before the memory is allocated and shrinks
 * once nothing refers to it any more. One thread at a time takes; {@link #close} gives all back.
 */
public interface MemoryShare extends AutoCloseable {

    /** Counts nothing, and always has more. */
    MemoryShare UNCOUNTED =
            new MemoryShare() {
                @Override
                public boolean tryTake(long bytes) {
                    return true;
                }

                @Override
                public boolean take(long bytes) {
                    return true;
                }

                @Override
                public void give(long bytes) {}

                @Override
                public void filledBy(@Nullable SlowSource source) {}

                @Override
                public void close() {}
            };

    /**
     * Takes so much more if it is there.
     *
     * @return false if it is not; nothing has been taken then
     */
    boolean tryTake(long bytes);

    /**
     * Takes so much more, and waits for it for as long as the budget says.
     *
     * @return false if it did not come free in time; the share keeps what it had
     */
    boolean take(long bytes) throws InterruptedException;

    /** Gives so much of it back. */
    void give(long bytes);

    /**
     * Names who fills what is taken: it may be ended when others wait for memory and it is late.
     *
     * @param source null once it is filled
     */
    void filledBy(@Nullable SlowSource source);

    /** Gives everything back. To be called once nothing is held any more; again does nothing. */
    @Override
    void close();
}
