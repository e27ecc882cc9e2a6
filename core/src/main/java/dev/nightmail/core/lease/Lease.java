package dev.nightmail.core.lease;

import java.time.Instant;

/**
 * A worker's right to a chunk.
 *
 * @param epoch rises each time the chunk changes hands; who comes with an older one is not listened
 *     to
 */
public record Lease(ChunkId chunk, WorkerId holder, long epoch, Instant deadline) {}
