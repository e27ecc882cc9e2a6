package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.customid.CustomId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The records of a pipeline, and what its plans are. A record gets its number when it is first
 * read; everything else names it by that. Methods that change something belong into a transaction.
 */
public final class RecordTable {

    private static final String KNOWN =
            "select record, record_id, content, state, batch, failure_kind, history, question from record where record = ?";

    private final Sql sql;
    private final CurrentPlan current;
    private final Tallies tallies;
    private final Followers followers;
    private long lastNumber = -1;

    RecordTable(Sql sql, CurrentPlan current, Tallies tallies, Followers followers) {
        this.followers = followers;
        this.sql = sql;
        this.current = current;
        this.tallies = tallies;
    }

    // Plans

    /**
     * From here on it is the current plan, which has no records yet.
     *
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
        var plan = new Plan((int) sql.number("select max(plan) from plan"));
        current.begin(plan);
        return plan;
    }

    /** Makes a plan of before the current one. */
    public void resume(Plan plan) {
        current.resume(sql, plan);
    }

    /** The same with the last one, if there is one. */
    public void resumeLatest() {
        latestPlan().ifPresent(last -> resume(last.plan()));
    }

    /**
     * The source was read to its end, and what it gave is what this pipeline is about. What was
     * unusable before a position in it stays known beside a sample.
     *
     * @param source tells the source as it was read from others; null if nothing does
     */
    public void complete(Plan plan, @Nullable String source, long recordsRead) {
        sql.update(
                "update plan set complete = 1, source = ?, records_read = ? where plan = ?",
                source,
                recordsRead,
                plan.number());
        sql.update(
                """
                delete from unusable
                 where plan <> ?
                   and plan <> coalesce((select cast(value as integer) from setting where name = ?), 0)
                """,
                plan.number(),
                SourcePosition.PLAN);
        sql.update(
                """
                delete from plan_members
                 where plan < ?
                   and plan <> coalesce((select cast(value as integer) from setting where name = ?), 0)
                """,
                plan.number(),
                SourcePosition.PLAN);
    }

    /** The next run reads the source again, whatever it looks like. */
    public void forgetSource() {
        sql.update("update plan set source = null where source is not null");
    }

    /** The last plan, complete or not. */
    public Optional<StoredPlan> latestPlan() {
        return sql.first(
                """
                select plan, prompt_version, endpoint, planned_at, complete, record_limit, source, records_read
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
                            limit == 0 ? null : limit,
                            row.getString(7),
                            row.getLong(8));
                });
    }

    /** Whether the current plan has it. */
    public boolean isPlanned(long record) {
        return current.has(record);
    }

    // Taking records into the current plan

    /** All records by their custom ids; for one reading of the source. */
    public RecordIndex index(@Nullable WorkFolder work) {
        var index = new RecordIndex(work == null ? null : work.path(), "ids");
        sql.each(
                "select record, record_id from record",
                row -> {
                    index.add(CustomId.ofRecord(row.getString(2)).value(), row.getLong(1));
                    return true;
                });
        return index;
    }

    /** Those that may answer for others, by what they ask; for one reading of the source. */
    RequestIndex requests(@Nullable WorkFolder work) {
        var index = new RequestIndex(work == null ? null : work.path());
        sql.each(
                """
                select record, question
                  from record
                 where question is not null
                   and (state in ('carried', 'done') or (state = 'outstanding' and batch is not null))
                """,
                row -> {
                    index.put(row.getBytes(2), row.getLong(1));
                    return true;
                });
        return index;
    }

    public KnownRecord known(long number) {
        return sql.first(KNOWN, RecordTable::known, number).orElseThrow();
    }

    /** What is known of records whose number may be given. */
    public String recordId(long number) {
        return sql.first(
                        "select record_id from record where record = ?",
                        row -> row.getString(1),
                        number)
                .orElseThrow();
    }

    private static KnownRecord known(ResultSet row) throws SQLException {
        var batch = row.getInt(5);
        return new KnownRecord(
                row.getLong(1),
                row.getString(2),
                row.getBytes(3),
                row.getBytes(8),
                RecordState.ofStored(row.getString(4)),
                batch == 0 ? null : batch,
                row.getString(6),
                History.ofStored(row.getString(7)));
    }

    /** A record that was never read before, into a draft. @return its number */
    public long insert(String recordId, Asked asked, @Nullable String kept, Draft draft) {
        long number = insert(recordId, asked, kept, "carried", draft.number());
        tallies.add(Tallies.OUTSTANDING, 1);
        return number;
    }

    /** The same, but it waits for the answer to another record. */
    public long insertFollower(String recordId, Asked asked, @Nullable String kept, long leader) {
        long number = insert(recordId, asked, kept, "outstanding", null);
        followers.add(number, leader);
        return number;
    }

    /**
     * The same, and an answer to another record is its own, too.
     *
     * @param answer number of that
     * @param sequence its own number
     */
    public long insertAnswered(
            String recordId, Asked asked, @Nullable String kept, long answer, long sequence) {
        long number = insert(recordId, asked, kept, "outstanding", null);
        shareAnswer(number, answer, sequence);
        return number;
    }

    private long insert(
            String recordId,
            Asked asked,
            @Nullable String kept,
            String state,
            @Nullable Integer batch) {
        if (lastNumber < 0) {
            lastNumber = sql.number("select coalesce(max(record), 0) from record");
        }
        long number = ++lastNumber;
        sql.update(
                "insert into record (record, record_id, content, question, kept, state, batch) values (?, ?, ?, ?, ?, ?, ?)",
                number,
                recordId,
                asked.content(),
                asked.question(),
                kept,
                state,
                batch);
        current.add(number);
        return number;
    }

    /** What was given to one record is given to another that asks the same, and is charged once. */
    private void shareAnswer(long record, long answer, long sequence) {
        AnswerTable.share(sql, record, answer, sequence);
        tallies.add(Tallies.DONE, 1);
    }

    /** Which of its fields go with a record's answer; they may change while the answer stays. */
    public void keepFields(long record, @Nullable String kept) {
        sql.update(
                "update record set kept = ? where record = ? and kept is not ?",
                kept,
                record,
                kept);
    }

    /**
     * It stays as it is.
     *
     * @param isOut whether the batch that carries it is out, or may be
     */
    public void keep(KnownRecord record, boolean isOut) {
        current.add(record.number());
        tallies.add(
                switch (record.state()) {
                    case CARRIED -> isOut ? Tallies.SUBMITTED : Tallies.OUTSTANDING;
                    case OUTSTANDING -> Tallies.OUTSTANDING;
                    case DONE -> Tallies.DONE;
                    case FAILED -> Tallies.failed(String.valueOf(record.failureKind()));
                    case CANCELED -> Tallies.CANCELED;
                },
                1);
    }

    /** Into a draft, to be asked what it was not asked before, or once more. */
    public void carry(KnownRecord record, Asked asked, Draft draft) {
        current.add(record.number());
        tallies.add(Tallies.OUTSTANDING, 1);
        ask(record, asked, draft.number());
    }

    /** The same, to be asked further: what failed before counts. */
    public void carryFurther(KnownRecord record, Asked asked, Draft draft) {
        carry(record, asked, draft);
        sql.update(
                "update record set history = ? where record = ?",
                record.history().stored(),
                record.number());
    }

    /** The answer a record was set aside for, and what is wrong with it. */
    public record Refused(String reason, String answer) {}

    public Refused refused(KnownRecord record) {
        return sql.first(
                        "select coalesce(failure_message, ''), coalesce(failure_answer, '') from record where record = ?",
                        row -> new Refused(row.getString(1), row.getString(2)),
                        record.number())
                .orElseThrow();
    }

    /**
     * Writes down of a record of an earlier release what that did not.
     *
     * @param asked what is asked by now; says nothing of the record if it is another request
     * @param failed how often it counts as failed if it was set aside for this request
     */
    public void complement(KnownRecord record, Asked asked, History failed) {
        sql.update(
                "update answer set question = ? where record = ? and content = ? and question is null",
                asked.question(),
                record.number(),
                asked.content());
        sql.update(
                """
                update record
                   set question = ?, history = case state when 'failed' then ? else history end
                 where record = ? and content = ?
                """,
                asked.question(),
                failed.stored(),
                record.number(),
                asked.content());
    }

    /** Another record asks the same: it waits for the answer to that. */
    public void follow(KnownRecord record, Asked asked, long leader) {
        current.add(record.number());
        ask(record, asked, null);
        sql.update("update record set state = 'outstanding' where record = ?", record.number());
        followers.add(record.number(), leader);
    }

    /**
     * It is asked something else before the batch that has its request is sent: those that wait for
     * its answer and are not read again in this run are read by the next.
     */
    public void orphanFollowers(KnownRecord record, int batch) {
        followers.orphan(followers.of(record.number(), batch));
    }

    /** Another record asked the same before, and has an answer. */
    public void shareAnswer(KnownRecord record, Asked asked, long answer, long sequence) {
        current.add(record.number());
        ask(record, asked, null);
        shareAnswer(record.number(), answer, sequence);
    }

    /**
     * A batch that carries it is out: what it answers is kept, though the record is asked something
     * else now.
     */
    public void supersede(KnownRecord record, int batch) {
        sql.update(
                "insert or replace into superseded (batch, record, content, question) values (?, ?, ?, ?)",
                batch,
                record.number(),
                record.content(),
                record.question());
    }

    /**
     * A batch that is out and asks a record what it is asked now.
     *
     * @param asked what it asks to the byte
     */
    public record Carrier(int batch, Asked asked) {}

    /** There may be none. */
    public Optional<Carrier> carriedBefore(KnownRecord record, Asked asked) {
        return sql.first(
                """
                select s.batch, s.content
                  from batch b join superseded s on s.batch = b.batch
                 where b.state in ('intended', 'submitted') and s.record = ? and (s.content = ? or s.question = ?)
                 order by s.content = ? desc, s.batch desc
                 limit 1
                """,
                row -> new Carrier(row.getInt(1), new Asked(row.getBytes(2), asked.question())),
                record.number(),
                asked.content(),
                asked.question(),
                asked.content());
    }

    /** That batch carries it again. */
    public void carryAgain(KnownRecord record, Carrier carrier) {
        sql.update(
                "delete from superseded where batch = ? and record = ?",
                carrier.batch(),
                record.number());
        ask(record, carrier.asked(), carrier.batch());
        current.add(record.number());
        tallies.add(Tallies.SUBMITTED, 1);
    }

    /** The number of the answer to what a record is asked now, if it was given before. */
    public Optional<Long> answerTo(KnownRecord record, Asked asked) {
        return sql.first(
                """
                select sequence
                  from answer
                 where record = ? and (content = ? or question = ?)
                 order by content = ? desc, sequence desc
                 limit 1
                """,
                row -> row.getLong(1),
                record.number(),
                asked.content(),
                asked.question(),
                asked.content());
    }

    /** An answer of before is the record's again, and new to whoever had another. */
    public void answerAgain(KnownRecord record, Asked asked, long former, long sequence) {
        sql.update("update answer set sequence = ? where sequence = ?", sequence, former);
        ask(record, asked, null);
        sql.update(
                "update record set state = 'done', answer = ? where record = ?",
                sequence,
                record.number());
        current.add(record.number());
        tallies.add(Tallies.DONE, 1);
    }

    /** From here on it is asked this, and nothing that failed before counts. */
    private void ask(KnownRecord record, Asked asked, @Nullable Integer batch) {
        sql.update("delete from again where record = ?", record.number());
        followers.forget(record.number());
        sql.update(
                """
                update record
                   set content = ?, question = ?, state = 'carried', batch = ?, history = null,
                       failure_kind = null, failure_message = null, failure_answer = null
                 where record = ?
                """,
                asked.content(),
                asked.question(),
                batch,
                record.number());
    }

    /** Sets a record aside that cannot be asked, for as long as the plan is the last one. */
    public void setAside(
            Plan plan, long position, @Nullable String recordId, String place, String reason) {
        sql.update(
                "insert into unusable (plan, position, record_id, place, reason) values (?, ?, ?, ?, ?)",
                plan.number(),
                position,
                recordId,
                place,
                reason);
        tallies.add(Tallies.UNUSABLE, 1);
    }

    /** Place and reason of the first unusable records of a plan, in source order; for people. */
    public List<String> firstUnusable(Plan plan, int max) {
        return sql.list(
                "select place, reason from unusable where plan = ? order by position limit ?",
                row -> row.getString(1) + ": " + row.getString(2),
                plan.number(),
                max);
    }

    // Looking

    public boolean knows(String recordId) {
        return sql.number(
                        "select count(*) from (select 1 from record where record_id = ? limit 1)",
                        recordId)
                > 0;
    }

    public RecordCounts counts(Plan plan) {
        return tallies.counts(plan);
    }

    /** How many records there are to ask, or were. */
    public long size(Plan plan) {
        var counts = counts(plan);
        return counts.total() - counts.unusable();
    }

    /**
     * How many records are set aside, by kind of failure; in order of the kinds' names, unusable
     * ones last.
     */
    public Map<String, Long> failures(Plan plan) {
        return tallies.failures(plan);
    }

    /**
     * Whether records are to be asked again whose requests are no longer kept.
     *
     * @param asksAgain whether one that is set aside is, by kind and history
     */
    public boolean leavesSomeToReadAgain(BiPredicate<String, History> asksAgain) {
        return sql.first(
                                """
                                select 1
                                  from record r
                                 where r.state = 'canceled'
                                    or (r.state = 'outstanding' and r.batch is null
                                        and not exists (select 1 from following f where f.record = r.record))
                                 limit 1
                                """,
                                _ -> true)
                        .isPresent()
                || sql.list(
                                "select distinct failure_kind, history from record where state = 'failed'",
                                row ->
                                        asksAgain.test(
                                                row.getString(1),
                                                History.ofStored(row.getString(2))))
                        .contains(true);
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

    public void eachFailure(Plan plan, FailedVisitor visitor) {
        sql.each(
                """
                select record, record_id, failure_kind, failure_message, failure_answer
                  from record
                 where state = 'failed'
                 order by record
                """,
                row -> {
                    if (current.has(row.getLong(1))) {
                        visitor.visit(
                                row.getString(2),
                                CustomId.ofRecord(row.getString(2)).value(),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                null);
                    }
                    return true;
                });
        sql.each(
                "select record_id, reason, place from unusable where plan = ? order by position",
                row -> {
                    visitor.visit(
                            row.getString(1),
                            null,
                            FailureKind.UNUSABLE_RECORD.wireName(),
                            row.getString(2),
                            null,
                            row.getString(3));
                    return true;
                },
                plan.number());
    }

    /** A record without an answer, and why. */
    public record SetAside(String recordId, String message) {}

    /** The first records of a plan that are set aside: those that were asked come first. */
    public List<SetAside> firstFailures(Plan plan, int max) {
        var first = new ArrayList<SetAside>();
        sql.each(
                "select record, record_id, failure_message from record where state = 'failed' order by record",
                row -> {
                    if (current.has(row.getLong(1))) {
                        first.add(new SetAside(row.getString(2), row.getString(3)));
                    }
                    return first.size() < max;
                });
        first.addAll(
                sql.list(
                        """
                        select coalesce(record_id, place),
                               reason || case when record_id is place then '' else ' (' || place || ')' end
                          from unusable
                         where plan = ?
                         order by position
                         limit ?
                        """,
                        row -> new SetAside(row.getString(1), row.getString(2)),
                        plan.number(),
                        max - first.size()));
        return first;
    }

    /** The custom ids of a batch's members, in their order. */
    List<String> customIds(long[] members) {
        var ids = new String[members.length];
        if (Members.isRange(members)) {
            var places = new int[members.length];
            long least = Arrays.stream(members).min().orElse(0);
            for (int place = 0; place < members.length; place++) {
                places[(int) (members[place] - least)] = place;
            }
            sql.each(
                    "select record, record_id from record where record between ? and ?",
                    row -> {
                        ids[places[(int) (row.getLong(1) - least)]] = row.getString(2);
                        return true;
                    },
                    least,
                    least + members.length - 1);
        } else {
            for (int place = 0; place < members.length; place++) {
                ids[place] = recordId(members[place]);
            }
        }
        return Arrays.stream(ids).map(id -> CustomId.ofRecord(id).value()).toList();
    }
}
