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
     * @param question as in {@link Asked}
     */
    public void put(byte[] question, long record) {
        long hash = hash(question);
        if (!index.replace(hash, record)) {
            index.add(hash, record);
        }
    }

    /** By its question: whether limits were raised since does not matter. */
    public OptionalLong find(Asked asked) {
        long found = index.find(hash(asked.question()), _ -> true);
        return found == 0 ? OptionalLong.empty() : OptionalLong.of(found);
    }

    /** It is a cryptographic hash already. */
    private static long hash(byte[] question) {
        return ByteBuffer.wrap(question).getLong();
    }

    @Override
    public void close() {
        index.close();
    }
}
