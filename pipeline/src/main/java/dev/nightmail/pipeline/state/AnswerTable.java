package dev.nightmail.pipeline.state;

import java.util.ArrayList;
import java.util.List;

/**
 * The answers of a pipeline in the order in which they became the current ones of their records. A
 * number is given once and only rises, so that a sink can say with one number how much it has.
 */
public final class AnswerTable {

    /** Long answers make short groups: what is held in memory is bounded in characters, too. */
    private static final long CHARACTERS_MAX = 8L * 1024 * 1024;

    private final Sql sql;
    private long lastNumber = -1;

    AnswerTable(Sql sql) {
        this.sql = sql;
    }

    /** A number that no answer had before. */
    public long nextNumber() {
        if (lastNumber < 0) {
            lastNumber = last();
        }
        return ++lastNumber;
    }

    /** The current answer of a record, JSON. */
    public record NumberedAnswer(long sequence, String recordId, String answer) {}

    /** The highest number given; 0 if there is no answer. */
    public long last() {
        return sql.number("select coalesce(max(sequence), 0) from answer");
    }

    /**
     * The current answers with a higher number, in the order of the numbers: at most so many, fewer
     * where they are long, none only if there are none.
     */
    public List<NumberedAnswer> after(long sequence, int max) {
        var group = new ArrayList<NumberedAnswer>();
        var characters = new long[1];
        sql.each(
                """
                select a.sequence, r.record_id, a.answer
                  from answer a
                  join record r on r.record = a.record and r.answer = a.sequence
                 where a.sequence > ?
                 order by a.sequence
                 limit ?
                """,
                row -> {
                    var answer =
                            new NumberedAnswer(row.getLong(1), row.getString(2), row.getString(3));
                    group.add(answer);
                    characters[0] += answer.answer().length();
                    return characters[0] < CHARACTERS_MAX;
                },
                sequence,
                max);
        return group;
    }
}
