package dev.nightmail.core.lease;

import dev.nightmail.core.batch.BatchId;

/** Consecutive requests of one batch, the unit in which work is given out. */
public record ChunkId(BatchId batch, int number) {}
