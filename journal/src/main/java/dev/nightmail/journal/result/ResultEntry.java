package dev.nightmail.journal.result;

import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.journal.format.Line;
import java.time.Instant;

/**
 * One record of the result index.
 *
 * @param number the request's place in its batch
 * @param line where its result lies; of length 0 if the line was lost with a part of the file
 * @param settledAt to the microsecond
 */
record ResultEntry(int number, Line line, ResultType type, Instant settledAt, Usage usage) {

    boolean isLost() {
        return line.length() == 0;
    }

    /** The same result, whose line is gone. */
    ResultEntry lost() {
        return new ResultEntry(number, new Line(0, 0, 0), type, settledAt, usage);
    }
}
