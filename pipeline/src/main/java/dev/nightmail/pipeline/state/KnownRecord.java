package dev.nightmail.pipeline.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A record as the state has it.
 *
 * @param number its own, from 1, in the order in which the pipeline first read its records
 * @param content SHA-256 of what it is asked, as in {@link Asked}
 * @param question the other hash of it; null if an earlier release wrote the record down
 * @param batch that carries it, or whose file has its request; null if there is none
 * @param failureKind null unless it is set aside
 * @param history of its failures; if it is set aside, with the one it is set aside for, or none if
 *     an earlier release did that
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record KnownRecord(
        long number,
        String recordId,
        byte[] content,
        byte @Nullable [] question,
        RecordState state,
        @Nullable Integer batch,
        @Nullable String failureKind,
        History history) {

    /** Whether it is asked this, limits and notes aside. */
    public boolean isAbout(Asked asked) {
        return Arrays.equals(question, asked.question());
    }
}
