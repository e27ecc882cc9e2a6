package dev.nightmail.pipeline.state;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The answers of a pipeline in the order in which they became the current ones of their records. A
 * number is given once and only rises, so that a sink can say with one number how much it has.
 */
public final class AnswerTable {

    /** Long answers make short groups: what is held in memory is bounded in characters, too. */
    private static final long CHARACTERS_MAX = 8L * 1024 * 1024;

    private static final String CURRENT =
            """
            select a.sequence, r.record_id, a.answer, r.kept, a.batch, a.model, a.stop_reason,
                   a.input_tokens, a.output_tokens, a.attempts, a.cost, a.answered_at, r.record
            """;

    private final Sql sql;
    private final CurrentPlan plan;
    private long lastNumber = -1;

    AnswerTable(Sql sql, CurrentPlan plan) {
        this.sql = sql;
        this.plan = plan;
    }

    /** A number that no answer had before. */
    public long nextNumber() {
        if (lastNumber < 0) {
            lastNumber = last();
        }
        return ++lastNumber;
    }

    /** The highest number given; 0 if there is no answer. */
    public long last() {
        return sql.number("select coalesce(max(sequence), 0) from answer");
    }

    /**
     * The current answers with a higher number, in the order of the numbers: at most so many, fewer
     * where they are long, none only if there are none.
     */
    public List<StoredAnswer> after(long sequence, int max) {
        var group = new ArrayList<StoredAnswer>();
        var characters = new long[1];
        sql.each(
                CURRENT
                        + """
                          from answer a
                          join record r on r.record = a.record and r.answer = a.sequence
                         where a.sequence > ?
                         order by a.sequence
                         limit ?
                        """,
                row -> {
                    var answer = stored(row);
                    group.add(answer);
                    characters[0] += answer.answer().length();
                    return characters[0] < CHARACTERS_MAX;
                },
                sequence,
                max);
        return group;
    }

    /** The current answer of a record; empty if it has none, or asks something else by now. */
    public Optional<StoredAnswer> of(long record) {
        return sql.first(
                CURRENT
                        + """
                          from record r
                          join answer a on a.sequence = r.answer
                         where r.record = ? and r.state = 'done'
                        """,
                AnswerTable::stored,
                record);
    }

    /**
     * The answers of all records, or of the current plan's, in the order in which the pipeline
     * first read them. A record that is asked something else by now keeps its older answer until it
     * has another, or is set aside.
     */
    public void each(boolean ofCurrentPlan, Consumer<StoredAnswer> visitor) {
        sql.each(
                CURRENT
                        + """
                          from record r
                          join answer a on a.sequence = r.answer
                         where r.state <> 'failed'
                         order by r.record
                        """,
                row -> {
                    if (!ofCurrentPlan || plan.has(row.getLong(13))) {
                        visitor.accept(stored(row));
                    }
                    return true;
                });
    }

    /**
     * Gives a record an answer that another one has: to it nothing was asked, and nothing charged.
     */
    static void share(Sql sql, long record, long answer, long sequence) {
        sql.update(
                """
                insert into answer (sequence, record, content, question, batch, answer, model, stop_reason, input_tokens, output_tokens, attempts, cost, answered_at)
                select ?, r.record, r.content, r.question, a.batch, a.answer, a.model, a.stop_reason, 0, 0, 0, 0, a.answered_at
                  from answer a, record r
                 where a.sequence = ? and r.record = ?
                """,
                sequence,
                answer,
                record);
        sql.update(
                "update record set state = 'done', batch = null, answer = ?, history = null where record = ?",
                sequence,
                record);
    }

    private static StoredAnswer stored(ResultSet row) throws SQLException {
        var cost = row.getLong(11);
        var isPriced = !row.wasNull();
        var at = row.getString(12);
        return new StoredAnswer(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getLong(9),
                row.getInt(10),
                isPriced ? cost : null,
                at == null ? null : Instant.parse(at));
    }
}
