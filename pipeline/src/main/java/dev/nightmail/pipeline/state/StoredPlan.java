package dev.nightmail.pipeline.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A plan as the state has it.
 *
 * @param complete whether its source was read to the end, and its records accepted
 * @param recordLimit only so many records of the source were wanted; null: all
 * @param source tells the source as it was then from others; null if nothing does
 * @param recordsRead unusable ones included
 */
public record StoredPlan(
        Plan plan,
        String promptVersion,
        String endpoint,
        Instant plannedAt,
        boolean complete,
        @Nullable Integer recordLimit,
        @Nullable String source,
        long recordsRead) {}
