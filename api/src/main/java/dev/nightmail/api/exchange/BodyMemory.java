package dev.nightmail.api.exchange;

import dev.nightmail.api.json.Room;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.core.memory.SlowSource;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;

/**
 * The memory that one call holds of its body and of what is made of it, from the first byte until
 * the call is over.
 */
public final class BodyMemory implements Room, AutoCloseable {

    private static final String RETRY_SECONDS = "5";

    private final MemoryShare share;

    BodyMemory(MemoryShare share) {
        this.share = share;
    }

    /**
     * Takes so much more, and waits for it if need be.
     *
     * @throws ApiError if it did not come free in time
     */
    @Override
    public void take(long bytes) {
        try {
            if (!share.take(bytes)) {
                throw ApiError.of(
                                ErrorType.OVERLOADED_ERROR,
                                "the server's memory for request bodies is in use; send this again"
                                        + " later")
                        .withCode("body_memory_in_use")
                        .withHeader("retry-after", RETRY_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppingException();
        }
    }

    /** Gives back what is not held any more. */
    @Override
    public void give(long bytes) {
        share.give(bytes);
    }

    void filledBy(SlowSource client) {
        share.filledBy(client);
    }

    @Override
    public void close() {
        share.close();
    }
}
