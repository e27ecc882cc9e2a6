package dev.nightmail.pipeline.state;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds a record by what it is asked, while the source is read. Of those that ask the same it names
 * the last one put in; whether that still asks it is to be looked up. Like {@link RecordIndex} it
 * is made from the records of the state. One thread.
 */
public final class RequestIndex implements AutoCloseable {

    private final RecordIndex index;

    RequestIndex(@Nullable Path folder) {
        this.index = new RecordIndex(folder, "requests");
    }

    /** One that is empty and stays in memory. */
    public static RequestIndex inMemory() {
        return new RequestIndex(null);
    }

    /**
     * From here on it is found.
     *
     * @param content SHA-256 of what it is asked
     */
    public void put(byte[] content, long record) {
        long hash = hash(content);
        if (!index.replace(hash, record)) {
            index.add(hash, record);
        }
    }

    public OptionalLong find(byte[] content) {
        long found = index.find(hash(content), _ -> true);
        return found == 0 ? OptionalLong.empty() : OptionalLong.of(found);
    }

    /** It is a cryptographic hash already. */
    private static long hash(byte[] content) {
        return ByteBuffer.wrap(content).getLong();
    }

    @Override
    public void close() {
        index.close();
    }
}
