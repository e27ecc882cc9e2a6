package dev.nightmail.pipeline.state;

import org.jspecify.annotations.Nullable;

/**
 * A record as the state has it.
 *
 * @param number its own, from 1, in the order in which the pipeline first read its records
 * @param content SHA-256 of what it is asked
 * @param batch that carries it, or whose file has its request; null if there is none
 * @param failureKind null unless it is set aside
 * @param history of failures that pass
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record KnownRecord(
        long number,
        String recordId,
        byte[] content,
        RecordState state,
        @Nullable Integer batch,
        @Nullable String failureKind,
        History history) {}
