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
 * @param idempotencyKey empty until it is to be sent
 * @param fingerprint SHA-256 of the file with its requests, hexadecimal
 * @param bytes of its body
 * @param paramsBytes of all params of its requests
 * @param likelyMicros what it was likely to cost when it was to be sent
 * @param intendedAt null until then
 * @param awaitedSince when its results were first found to lack some; null if they were not
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
        long paramsBytes,
        long likelyMicros,
        @Nullable Instant intendedAt,
        @Nullable Instant awaitedSince) {}
