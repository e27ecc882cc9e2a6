package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.answer.FailureKind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The records of a pipeline: what the source holds now, and what of it is done. */
public final class RecordTable {

    private final Sql sql;

    RecordTable(Sql sql) {
        this.sql = sql;
    }

    /**
     * @param recordLimit only so many records are wanted; null: all
     */
    public Plan beginPlan(
            String promptVersion, String endpoint, Instant now, @Nullable Integer recordLimit) {
        sql.update(
                """
                insert into plan (prompt_version, endpoint, planned_at, record_limit)
                values (?, ?, ?, ?)
                """,
                promptVersion,
                endpoint,
                now.toString(),
                recordLimit);
        return new Plan((int) sql.number("select max(plan) from plan"));
    }

    /**
     * The source was read to its end, and what it gave is what this pipeline is about. What was
     * unusable before a position in it stays known beside a sample.
     */
    public void complete(Plan plan) {
        sql.update("update plan set complete = 1 where plan = ?", plan.number());
        sql.update(
                """
                delete from unusable
                 where plan <> ?
                   and plan <> coalesce((select cast(value as integer) from setting where name = ?), 0)
                """,
                plan.number(),
                SourcePosition.PLAN);
    }

    /** The last plan, complete or not. */
    public Optional<StoredPlan> latestPlan() {
        return sql.first(
                """
                select plan, prompt_version, endpoint, planned_at, complete, record_limit
                  from plan
                 order by plan desc
                 limit 1
                """,
                row -> {
                    // A limit is at least 1; null reads as 0.
                    var limit = row.getInt(6);
                    return new StoredPlan(
                            new Plan(row.getInt(1)),
                            row.getString(2),
                            row.getString(3),
                            Instant.parse(row.getString(4)),
                            row.getBoolean(5),
                            limit == 0 ? null : limit);
                });
    }

    /** Sets a record aside that cannot be asked, for as long as the plan is the last one. */
    public void setAside(
            Plan plan, int position, @Nullable String recordId, String place, String reason) {
        sql.update(
                "insert into unusable (plan, position, record_id, place, reason) values (?, ?, ?, ?, ?)",
                plan.number(),
                position,
                recordId,
                place,
                reason);
    }

    /** Place and reason of the first unusable records of a plan, in source order; for people. */
    public List<String> firstUnusable(Plan plan, int max) {
        return sql.list(
                "select place, reason from unusable where plan = ? order by position limit ?",
                row -> row.getString(1) + ": " + row.getString(2),
                plan.number(),
                max);
    }

    /**
     * Takes a record into the plan. What was answered for the same content counts; what a batch is
     * carrying for the same content is waited for; all else becomes outstanding.
     *
     * @return why it cannot be taken, as its answer could not be told from another's; empty if it
     *     was
     */
    public Optional<String> plan(Plan plan, PlannedRecord record) {
        var known =
                sql.first(
                        """
                        select plan, content_hash, params_id, state, failure_kind, position
                          from record
                         where record_id = ?
                        """,
                        row ->
                                new Known(
                                        row.getInt(1),
                                        row.getString(2),
                                        row.getLong(3),
                                        row.getString(4),
                                        row.getString(5),
                                        row.getInt(6)),
                        record.recordId());
        if (known.isEmpty()) {
            return insert(plan, record);
        }
        var before = known.get();
        if (before.plan() == plan.number()) {
            return Optional.of(
                    "its id was that of record %d of the source already: make the ids unique"
                            .formatted(before.position() + 1));
        }
        sql.update(
                "update record set plan = ?, position = ? where record_id = ?",
                plan.number(),
                record.position(),
                record.recordId());
        if (!before.contentHash().equals(record.contentHash())) {
            dropUnsent(before);
            change(record);
        } else if (before.isToBeTriedAgain()) {
            retry(record);
        }
        return Optional.empty();
    }

    public boolean knows(String recordId) {
        return sql.number("select count(*) from record where record_id = ?", recordId) > 0;
    }

    public RecordCounts counts(Plan plan) {
        var counts = new LinkedHashMap<String, Long>();
        sql.each(
                "select state, count(*) from record where plan = ? group by state",
                row -> {
                    counts.put(row.getString(1), row.getLong(2));
                    return true;
                },
                plan.number());
        return new RecordCounts(
                counts.getOrDefault("outstanding", 0L),
                counts.getOrDefault("submitted", 0L),
                counts.getOrDefault("done", 0L),
                counts.getOrDefault("failed", 0L),
                counts.getOrDefault("canceled", 0L),
                unusable(plan));
    }

    private long unusable(Plan plan) {
        return sql.number("select count(*) from unusable where plan = ?", plan.number());
    }

    /** How many records there are to ask, or were. */
    public long size(Plan plan) {
        return sql.number("select count(*) from record where plan = ?", plan.number());
    }

    public boolean hasOutstanding(Plan plan) {
        return sql.first(
                        "select 1 from record where state = 'outstanding' and plan = ? limit 1",
                        _ -> true,
                        plan.number())
                .isPresent();
    }

    /**
     * How many records are set aside, by kind of failure; in order of the kinds' names, unusable
     * ones last.
     */
    public Map<String, Long> failures(Plan plan) {
        var failures = new LinkedHashMap<String, Long>();
        sql.each(
                """
                select failure_kind, count(*)
                  from record
                 where plan = ? and state = 'failed'
                 group by failure_kind
                 order by failure_kind
                """,
                row -> {
                    failures.put(row.getString(1), row.getLong(2));
                    return true;
                },
                plan.number());
        var unusable = unusable(plan);
        if (unusable > 0) {
            failures.put(FailureKind.UNUSABLE_RECORD.wireName(), unusable);
        }
        return failures;
    }

    /**
     * What waits to be sent.
     *
     * @param bytes of all requests together
     */
    public record Outstanding(long requests, long bytes) {}

    public Outstanding outstanding(Plan plan) {
        return sql.first(
                        """
                        select count(*), coalesce(sum(p.bytes), 0)
                          from record r join params p on p.params_id = r.params_id
                         where r.state = 'outstanding' and r.plan = ?
                        """,
                        row -> new Outstanding(row.getLong(1), row.getLong(2)),
                        plan.number())
                .orElseThrow();
    }

    /** The requests at evenly spread places among those that wait to be sent. */
    public List<byte[]> sample(Plan plan, int size) {
        var step = Math.max(1, outstanding(plan).requests() / size);
        return sql.list(
                """
                select p.params
                  from (select params_id, row_number() over (order by position) - 1 as place
                          from record
                         where state = 'outstanding' and plan = ?) r
                  join params p on p.params_id = r.params_id
                 where r.place % ? = 0
                 order by r.place
                 limit ?
                """,
                row -> row.getBytes(1), plan.number(), step, size);
    }

    /** A record with its answer, or without. */
    public interface AnsweredVisitor {
        void visit(String recordId, String answer);
    }

    /** A record without an answer; without ids, and with a place, if it cannot be asked. */
    public interface FailedVisitor {
        void visit(
                @Nullable String recordId,
                @Nullable String customId,
                String kind,
                String message,
                @Nullable String answer,
                @Nullable String place);
    }

    /** The answers of a plan in source order. */
    public void eachAnswer(Plan plan, AnsweredVisitor visitor) {
        sql.each(
                """
                select r.record_id, a.answer
                  from record r
                  join answer a on a.record_id = r.record_id and a.content_hash = r.content_hash
                 where r.state = 'done' and r.plan = ?
                 order by r.position, r.record_id
                """,
                row -> {
                    visitor.visit(row.getString(1), row.getString(2));
                    return true;
                },
                plan.number());
    }

    public void eachFailure(Plan plan, FailedVisitor visitor) {
        sql.each(
                """
                select r.record_id, r.custom_id, r.failure_kind, r.failure_message, r.failure_answer, null, r.position
                  from record r
                 where r.state = 'failed' and r.plan = ?
                 union all
                select u.record_id, null, ?, u.reason, null, u.place, u.position
                  from unusable u
                 where u.plan = ?
                 order by 7, 1
                """,
                row -> {
                    visitor.visit(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6));
                    return true;
                },
                plan.number(),
                FailureKind.UNUSABLE_RECORD.wireName(),
                plan.number());
    }

    /** A record without an answer, and why. */
    public record SetAside(String recordId, String message) {}

    /** The first records of a plan that are set aside, in source order. */
    public List<SetAside> firstFailures(Plan plan, int max) {
        return sql.list(
                """
                select record_id, failure_message, position
                  from record
                 where plan = ? and state = 'failed'
                 union all
                select coalesce(record_id, place),
                       reason || case when record_id is place then '' else ' (' || place || ')' end,
                       position
                  from unusable
                 where plan = ?
                 order by 3
                 limit ?
                """,
                row -> new SetAside(row.getString(1), row.getString(2)),
                plan.number(),
                plan.number(),
                max);
    }

    private record Known(
            int plan,
            String contentHash,
            long paramsId,
            String state,
            @Nullable String failureKind,
            int position) {
        boolean isToBeTriedAgain() {
            return switch (state) {
                case "outstanding", "canceled" -> true;
                case "failed" -> failureKind != null && FailureKind.nextRunTriesAgain(failureKind);
                default -> false;
            };
        }

        boolean isUnsent() {
            return state.equals("outstanding") || state.equals("canceled");
        }
    }

    private Optional<String> insert(Plan plan, PlannedRecord record) {
        var taken =
                sql.first(
                        "select record_id from record where custom_id = ?",
                        row -> row.getString(1),
                        record.customId());
        if (taken.isPresent()) {
            return Optional.of(
                    "its id gives the same custom_id as the record id "
                            + taken.get()
                            + ": change one of them");
        }
        sql.update(
                """
                insert into record (record_id, custom_id, plan, position, content_hash, params_id, state)
                values (?, ?, ?, ?, ?, ?, 'outstanding')
                """,
                record.recordId(),
                record.customId(),
                plan.number(),
                record.position(),
                record.contentHash(),
                insertParams(sql, record.params()));
        return Optional.empty();
    }

    private void dropUnsent(Known before) {
        if (before.isUnsent()) {
            sql.update("delete from params where params_id = ?", before.paramsId());
        }
    }

    /**
     * The record is asked something else now, which may have been answered before, or be on its
     * way.
     */
    private void change(PlannedRecord record) {
        var answered =
                sql.number(
                                "select count(*) from answer where record_id = ? and content_hash = ?",
                                record.recordId(),
                                record.contentHash())
                        > 0;
        if (answered) {
            // It is the record's current answer from now on, and new to whoever had another.
            sql.update(
                    "update answer set sequence = %s where record_id = ? and content_hash = ?"
                            .formatted(AnswerTable.NEXT_SEQUENCE),
                    record.recordId(),
                    record.contentHash());
        }
        var carried =
                sql.first(
                        """
                        select a.batch_number, a.params_id
                          from attempt a join batch b on b.batch_number = a.batch_number
                         where a.record_id = ? and a.content_hash = ? and a.outcome is null and b.state in ('intended', 'submitted')
                        """,
                        row -> new long[] {row.getLong(1), row.getLong(2)},
                        record.recordId(),
                        record.contentHash());
        var state = answered ? "done" : carried.isPresent() ? "submitted" : "outstanding";
        var paramsId =
                carried.map(attempt -> attempt[1])
                        .orElseGet(() -> answered ? 0L : insertParams(sql, record.params()));
        sql.update(
                """
                update record
                   set content_hash = ?, params_id = ?, state = ?, batch_number = ?,
                       transient_count = 0, expired_count = 0, reask_count = 0,
                       failure_kind = null, failure_message = null, failure_answer = null
                 where record_id = ?
                """,
                record.contentHash(),
                paramsId,
                state,
                carried.map(attempt -> attempt[0]).orElse(null),
                record.recordId());
    }

    private void retry(PlannedRecord record) {
        var hasParams =
                sql.number(
                                """
                                select count(*)
                                  from record r join params p on p.params_id = r.params_id
                                 where r.record_id = ? and r.state <> 'failed'
                                """,
                                record.recordId())
                        > 0;
        if (!hasParams) {
            sql.update(
                    "update record set params_id = ? where record_id = ?",
                    insertParams(sql, record.params()),
                    record.recordId());
        }
        sql.update(
                """
                update record
                   set state = 'outstanding', batch_number = null, transient_count = 0, expired_count = 0,
                       failure_kind = null, failure_message = null, failure_answer = null
                 where record_id = ?
                """,
                record.recordId());
    }

    static long insertParams(Sql sql, byte[] params) {
        sql.update("insert into params (bytes, params) values (?, ?)", params.length, params);
        return sql.number("select last_insert_rowid()");
    }
}
