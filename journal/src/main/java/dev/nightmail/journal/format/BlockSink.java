package dev.nightmail.journal.format;

import java.io.IOException;

/** Takes the blocks that a {@link LineWriter} has filled. */
public interface BlockSink {

    /**
     * Takes a block that belongs at {@code position} of the file, where the one before it ended.
     *
     * @param bytes how much of the block is filled
     * @return the block to be filled next, of the same size: perhaps the same, if nothing is wanted
     *     of it any more
     * @throws IOException if this block, or one that was taken earlier, could not be written
     */
    byte[] take(byte[] block, int bytes, long position) throws IOException;
}
