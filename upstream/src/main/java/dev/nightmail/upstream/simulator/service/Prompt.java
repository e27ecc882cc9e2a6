package dev.nightmail.upstream.simulator.service;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input of a request as a cache sees it.
 *
 * @param blocks in order (tools, system, messages), as far as the last marked one; empty if nothing
 *     is marked
 * @param tokens of the whole input, blocks and all that follows
 */
public record Prompt(List<Block> blocks, long tokens) {

    /** More marks are an invalid request (wire contract, section 7). */
    public static final int MARKS_MAX = 4;

    /**
     * A block of content, by the prefix that ends with it.
     *
     * @param prefixHash of all content from the beginning to the end of this block
     * @param prefixTokens the same as a count of tokens
     * @param mark {@code cache_control}: the prefix is to be cached for so long; null if unmarked
     */
    public record Block(long prefixHash, long prefixTokens, @Nullable CacheTtl mark) {}

    public Prompt {
        blocks = List.copyOf(blocks);
        long before = 0;
        int marks = 0;
        for (var block : blocks) {
            if (block.prefixTokens() < before) {
                throw new IllegalArgumentException("a prefix is shorter than the one before");
            }
            before = block.prefixTokens();
            marks += block.mark() == null ? 0 : 1;
        }
        if (before > tokens) {
            throw new IllegalArgumentException("a prefix is longer than the whole");
        }
        if (marks > MARKS_MAX) {
            throw new IllegalArgumentException("at most 4 blocks are marked, not " + marks);
        }
    }

    public static Prompt uncached(long tokens) {
        return new Prompt(List.of(), tokens);
    }
}
