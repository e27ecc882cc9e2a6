package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.answer.FailureKind;
import java.util.List;
import java.util.Optional;

/**
 * How far a source has been read that can be read from a position, and the records that were read
 * before it: they stay records of the pipeline though the source does not give them again.
 */
public final class SourcePosition {

    private static final String IDENTITY = "source_identity";
    private static final String POSITION = "source_position";
    static final String PLAN = "source_plan";

    private final Sql sql;
    private final Settings settings;

    SourcePosition(Sql sql) {
        this.sql = sql;
        this.settings = new Settings(sql);
    }

    /**
     * How far it was read.
     *
     * @param identity of the source and of all that shapes what its records are asked; what was
     *     remembered of another says nothing
     */
    public Optional<String> of(String identity) {
        return settings.value(IDENTITY)
                .filter(identity::equals)
                .flatMap(_ -> settings.value(POSITION));
    }

    /**
     * Whether records that were read before a position are to be asked again, or for the first time
     * if they were unusable and are mended since. The source has to give them again for that.
     */
    public boolean leavesRecordsToAskAgain() {
        return leavesUnusableRecords() || leavesFailuresThatPass();
    }

    private boolean leavesUnusableRecords() {
        return sql.first("select 1 from unusable where plan >= ? limit 1", _ -> true, plan())
                .isPresent();
    }

    private boolean leavesFailuresThatPass() {
        return sql
                .list(
                        "select distinct failure_kind from record where state = 'failed' and plan >= ?",
                        row -> row.getString(1),
                        plan())
                .stream()
                .anyMatch(FailureKind::nextRunTriesAgain);
    }

    /** The place in the source's order after all records so far. */
    public int nextPlace() {
        return (int) sql.number("select coalesce(max(position), -1) + 1 from record");
    }

    /**
     * Takes the records that were read before into the plan. Those whose batch was canceled are
     * outstanding again, as if the source had given them. One that the source gave now, and that
     * cannot be asked any more, is no longer what it was: it stays out.
     */
    public void keepEarlier(Plan plan) {
        var since = plan();
        sql.update(
                """
                update record
                   set state = 'outstanding', batch_number = null, transient_count = 0, expired_count = 0
                 where state = 'canceled' and plan >= ? and plan < ?
                   and record_id not in (select record_id from unusable where plan = ? and record_id is not null)
                """,
                since,
                plan.number(),
                plan.number());
        sql.update(
                """
                update record
                   set plan = ?
                 where plan >= ? and plan < ?
                   and record_id not in (select record_id from unusable where plan = ? and record_id is not null)
                """,
                plan.number(),
                since,
                plan.number(),
                plan.number());
    }

    /** Every record before the position is in the state. */
    public void reached(Plan plan, String identity, String position) {
        settings.set(IDENTITY, identity);
        settings.set(POSITION, position);
        settings.set(PLAN, String.valueOf(plan.number()));
    }

    /** The source is read from its beginning the next time. */
    public void forget() {
        for (var name : List.of(IDENTITY, POSITION, PLAN)) {
            sql.update("delete from setting where name = ?", name);
        }
    }

    private int plan() {
        return settings.value(PLAN).map(Integer::parseInt).orElse(Integer.MAX_VALUE);
    }
}
