package dev.nightmail.pipeline.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A batch while its requests are gathered. Its file is written at once; the state knows it when it
 * is {@link BatchTable#prepared prepared}. One thread.
 */
public final class Draft implements AutoCloseable {

    private final int number;
    private final BatchFile.Writer file;
    private long[] members = new long[1024];
    private int size;
    private long paramsBytes;
    private BatchFile.@Nullable Written written;

    Draft(int number, BatchFile.Writer file) {
        this.number = number;
        this.file = file;
    }

    public int number() {
        return number;
    }

    public int requests() {
        return size;
    }

    public long paramsBytes() {
        return paramsBytes;
    }

    /** Of the body if it ended here. */
    public long bodyBytes() {
        return file.bodyBytes();
    }

    /** Of the body with this request too. */
    public long bodyBytesWith(String customId, byte[] own) {
        return bodyBytes() + BatchFile.bodyBytes(size == 0, file.shared(), customId, own.length);
    }

    /** What a request adds to {@link #paramsBytes}. */
    public long paramsBytesOf(byte[] own) {
        return BatchFile.paramsBytes(file.shared(), own);
    }

    byte[] shared() {
        return file.shared();
    }

    /**
     * @param own members of its params that are its own
     */
    public void add(long record, String customId, byte[] own) {
        if (size == members.length) {
            members = Arrays.copyOf(members, size * 2);
        }
        members[size++] = record;
        paramsBytes += paramsBytesOf(own);
        file.add(customId, own);
    }

    long[] members() {
        return Arrays.copyOf(members, size);
    }

    /** Brings the file to stable storage. Nothing is added afterwards. */
    public void complete() {
        written = file.finish();
        file.close();
    }

    BatchFile.Written written() {
        var complete = written;
        if (complete == null) {
            throw new IllegalStateException("its file is not complete");
        }
        return complete;
    }

    @Override
    public void close() {
        file.close();
    }
}
