package dev.nightmail.pipeline.testing;

import dev.nightmail.pipeline.sink.AnswerRow;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Rows of answers that came about in one way. */
public final class TestRows {

    public static final AnswerRow.Origin ORIGIN =
            new AnswerRow.Origin(
                    "claude-haiku-4-5-20251001",
                    "0123456789abcdef",
                    1_200,
                    34,
                    new BigDecimal("0.000685"),
                    "msgbatch_1",
                    2,
                    "end_turn",
                    Instant.parse("2026-01-02T03:04:05Z"),
                    false);

    private TestRows() {}

    public static AnswerRow row(String recordId, String answer) {
        return row(recordId, answer, null);
    }

    public static AnswerRow row(String recordId, String answer, @Nullable String kept) {
        return new AnswerRow(recordId, answer, kept, ORIGIN);
    }
}
