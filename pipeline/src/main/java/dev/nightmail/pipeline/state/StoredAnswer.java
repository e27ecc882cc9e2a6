package dev.nightmail.pipeline.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The current answer of a record.
 *
 * @param sequence its number
 * @param answer JSON
 * @param kept fields of the record that go with it, a JSON object; null if there are none
 * @param batch the number of the batch it came in
 * @param inputTokens of its prompt, cached ones included
 * @param attempts how often the record was asked for it
 * @param costPicos null if no price was known
 * @param answeredAt null if an earlier release took it
 */
public record StoredAnswer(
        long sequence,
        String recordId,
        String answer,
        @Nullable String kept,
        int batch,
        String model,
        String stopReason,
        long inputTokens,
        long outputTokens,
        int attempts,
        @Nullable Long costPicos,
        @Nullable Instant answeredAt) {}
