package dev.nightmail.pipeline.sink;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One record and its answer.
 *
 * @param answer JSON
 * @param kept the record's own fields that go with it, a JSON object; null if there are none
 */
public record AnswerRow(String recordId, String answer, @Nullable String kept, Origin origin) {

    /**
     * How an answer came about.
     *
     * @param model as the endpoint named it
     * @param promptVersion a hash of all that the requests of a prompt share
     * @param inputTokens of its prompt, cached ones included
     * @param costUsd null if no price was known
     * @param batchId null if the endpoint never told it
     * @param attempts how often the record was asked for it, at least once
     * @param answeredAt when the pipeline took it; null if an earlier release did
     * @param simulated whether a simulator answered
     */
    public record Origin(
            String model,
            String promptVersion,
            long inputTokens,
            long outputTokens,
            @Nullable BigDecimal costUsd,
            @Nullable String batchId,
            int attempts,
            String stopReason,
            @Nullable Instant answeredAt,
            boolean simulated) {}
}
