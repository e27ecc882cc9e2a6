package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.client.CallTerms;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch this pipeline means to send or has sent.
 *
 * @param number ours, from 1
 * @param batchId the endpoint's; null until its answer is known
 * @param endpoint identity of the endpoint it was meant for
 * @param terms what it is asked with, whatever the pipeline file says by now
 * @param fingerprint SHA-256 of the body, hexadecimal
 * @param likelyMicros what it was likely to cost when it was cut
 */
public record StoredBatch(
        int number,
        @Nullable String batchId,
        String endpoint,
        String model,
        CallTerms terms,
        String idempotencyKey,
        String fingerprint,
        int requests,
        long bytes,
        long likelyMicros,
        Instant intendedAt) {}
