package dev.nightmail.pipeline.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch this pipeline means to send or has sent.
 *
 * @param number ours, from 1
 * @param batchId the endpoint's; null until its answer is known
 * @param endpoint identity of the endpoint it was meant for
 * @param fingerprint SHA-256 of the body, hexadecimal
 * @param likelyMicros what it was likely to cost when it was cut
 */
public record StoredBatch(
        int number,
        @Nullable String batchId,
        String endpoint,
        String model,
        String idempotencyKey,
        String fingerprint,
        int requests,
        long bytes,
        long likelyMicros,
        Instant intendedAt) {}
