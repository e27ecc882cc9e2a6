package dev.nightmail.pipeline.state;

import java.util.ArrayList;
import java.util.List;

/**
 * The answers of a pipeline in the order in which they became the current ones of their records. A
 * number is given once and only rises, so that a sink can say with one number how much it has.
 */
public final class AnswerTable {

    /** The next number, in a statement that changes one row. */
    static final String NEXT_SEQUENCE = "(select coalesce(max(sequence), 0) + 1 from answer)";

    /** Long answers make short groups: what is held in memory is bounded in characters, too. */
    private static final long CHARACTERS_MAX = 8L * 1024 * 1024;

    private final Sql sql;

    AnswerTable(Sql sql) {
        this.sql = sql;
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
                select a.sequence, a.record_id, a.answer
                  from answer a
                  join record r on r.record_id = a.record_id and r.content_hash = a.content_hash
                 where a.sequence > ? and r.state = 'done'
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
