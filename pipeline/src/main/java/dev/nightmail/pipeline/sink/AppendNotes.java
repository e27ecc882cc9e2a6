package dev.nightmail.pipeline.sink;

import org.jspecify.annotations.Nullable;

/**
 * What a pipeline's state knows of one file to which answers are added. What is written here is on
 * stable storage when the call returns.
 */
public interface AppendNotes {

    /**
     * How far the file is known.
     *
     * @param length of the file in bytes after the last addition, others' lines before it included
     * @param delivered the number of the last answer that is in it
     * @param addition what was about to be written behind that; null: nothing was
     */
    record Note(long length, long delivered, @Nullable Addition addition) {
        /** Nothing was added so far. */
        public static final Note NONE = new Note(0, 0, null);
    }

    /**
     * Rows that are about to be added.
     *
     * @param delivered the number of the last answer among them
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Addition(byte[] bytes, long delivered) {}

    /** What is known; of a file to which nothing was added, that. */
    Note read();

    /** From now on this is known, and the file is one to which answers are added. */
    void write(Note note);

    /** Nothing is known any more: the next file of this name is a new one. */
    void forget();

    /** Whether the pipeline wrote a file of this name as a whole, in another mode. */
    boolean isWrittenWhole();
}
