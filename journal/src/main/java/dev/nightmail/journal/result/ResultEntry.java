package dev.nightmail.journal.result;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.journal.format.Line;
import java.time.Instant;

/**
 * One record of the result index.
 *
 * @param number the request's place in its batch
 * @param line where its result lies; of length 0 if the line was lost with a part of the file
 * @param settledAt to the microsecond
 * @param usage none, unless it was answered, be it that the answer could not be delivered or was
 *     written off later
 * @param billing unknown, unless it has usage
 */
record ResultEntry(
        int number, Line line, ResultType type, Instant settledAt, Usage usage, Billing billing) {

    static ResultEntry succeeded(
            int number, Line line, Instant settledAt, Usage usage, Billing billing) {
        return new ResultEntry(number, line, ResultType.SUCCEEDED, settledAt, usage, billing);
    }

    /**
     * @param charge for an answer that was paid for and could not be delivered
     */
    static ResultEntry errored(int number, Line line, Instant settledAt, Charge charge) {
        return new ResultEntry(
                number, line, ResultType.ERRORED, settledAt, charge.usage(), charge.billing());
    }

    /** Canceled or expired: nothing was used. */
    static ResultEntry unanswered(int number, Line line, ResultType type, Instant settledAt) {
        return new ResultEntry(number, line, type, settledAt, Usage.NONE, Billing.UNKNOWN);
    }

    boolean isLost() {
        return line.length() == 0;
    }

    /** An errored result in the place of an answer that is lost, and was paid for. */
    ResultEntry writtenOff(Line replacement) {
        return new ResultEntry(number, replacement, ResultType.ERRORED, settledAt, usage, billing);
    }

    /** The same result, whose line is gone. */
    ResultEntry lost() {
        return new ResultEntry(number, new Line(0, 0, 0), type, settledAt, usage, billing);
    }

    /** What is wrong with it, in words for a person. */
    String describe(BatchId batch, String problem) {
        return "batch %s: the result of request %d, at offset %d of results.jsonl, %s"
                .formatted(batch, number, line.offset(), problem);
    }
}
