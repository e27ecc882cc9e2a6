package dev.nightmail.pipeline.state;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes over what releases wrote that kept a row for each request and each try of it. What was
 * answered, set aside or is out stays so; what was still to be sent is read from the source again.
 */
final class FormerTables {

    private static final List<String> TABLES = List.of("record", "answer", "batch", "attempt");

    private static final List<String> INDEXES =
            List.of(
                    "record_by_state",
                    "record_by_position",
                    "attempt_by_ordinal",
                    "attempt_by_record",
                    "answer_by_sequence");

    private FormerTables() {}

    static void setAside(Sql sql) {
        INDEXES.forEach(index -> sql.update("drop index " + index));
        TABLES.forEach(table -> sql.update("alter table " + table + " rename to former_" + table));
    }

    static void carryOver(Sql sql, @Nullable WorkFolder work) {
        sql.update(
                """
                insert into record (record, record_id, content, state, batch, history, failure_kind, failure_message, failure_answer)
                select row_number() over (order by r.plan, r.position, r.record_id), r.record_id, unhex(r.content_hash),
                       case r.state when 'submitted' then 'carried' else r.state end,
                       case r.state when 'submitted' then r.batch_number end,
                       nullif(rtrim(case when r.expired_count > 0 then 'expired=' || r.expired_count || ';' else '' end
                           || case when r.reask_count > 0 then 'invalid_answer=' || r.reask_count || ';' else '' end
                           || case when r.transient_count > 0 then 'transient_error=' || r.transient_count || ';' else '' end, ';'), ''),
                       r.failure_kind, r.failure_message, r.failure_answer
                  from former_record r
                """);
        sql.update("create unique index former_id on record (record_id)");
        sql.update(
                """
                insert into answer (sequence, record, content, batch, answer, model)
                select a.sequence, r.record, unhex(a.content_hash), a.batch_number, a.answer, a.model
                  from former_answer a join record r on r.record_id = a.record_id
                """);
        sql.update(
                """
                update record
                   set answer = coalesce(
                       (select a.sequence from answer a where a.record = record.record and a.content = record.content),
                       (select max(a.sequence) from answer a where a.record = record.record))
                """);
        sql.update(
                """
                insert into batch (batch, batch_id, state, endpoint, model, api_version, betas, prompt_version, idempotency_key, fingerprint,
                                   requests, bytes, params_bytes, likely_micros, prepared_at, intended_at, created_at, collected_at,
                                   members, settled, accepted, accepted_output)
                select b.batch_number, b.batch_id, b.state, b.endpoint, b.model, b.api_version, b.betas,
                       coalesce((select p.prompt_version from plan p where p.planned_at <= b.intended_at order by p.plan desc limit 1), ''),
                       b.idempotency_key, '', b.requests, b.bytes, b.bytes, b.likely_micros, b.intended_at, b.intended_at, b.created_at, b.collected_at,
                       x'', x'',
                       (select count(*) from former_attempt a where a.batch_number = b.batch_number and a.outcome = 'accepted'),
                       (select coalesce(sum(a.output_tokens), 0) from former_attempt a where a.batch_number = b.batch_number and a.outcome = 'accepted')
                  from former_batch b
                """);
        sql.update(
                """
                insert into spent
                select batch_number, price_step, sum(input_tokens), sum(output_tokens), sum(cache_write_5m_tokens),
                       sum(cache_write_1h_tokens), sum(cache_read_tokens)
                  from former_attempt
                 group by batch_number, price_step
                """);
        sql.update(
                """
                insert into superseded (batch, record, content)
                select a.batch_number, r.record, unhex(a.content_hash)
                  from former_attempt a
                  join former_batch b on b.batch_number = a.batch_number and b.state in ('intended', 'submitted')
                  join record r on r.record_id = a.record_id
                 where a.outcome is null and (r.batch is not a.batch_number or r.content <> unhex(a.content_hash))
                """);
        for (var batch : sql.list("select batch from batch", row -> row.getInt(1))) {
            carryOverMembers(sql, batch);
        }
        if (work != null) {
            for (var batch :
                    sql.list(
                            "select batch from batch where state in ('intended', 'submitted')",
                            row -> row.getInt(1))) {
                writeRequests(sql, work, batch);
            }
        }
        carryOverPlan(sql);
        sql.update("drop index former_id");
        TABLES.reversed().forEach(table -> sql.update("drop table former_" + table));
        sql.update("drop table params");
    }

    private static void carryOverMembers(Sql sql, int batch) {
        var members = new ArrayList<Long>();
        var settled = new BitSet();
        sql.each(
                """
                select r.record, a.outcome is not null
                  from former_attempt a join record r on r.record_id = a.record_id
                 where a.batch_number = ?
                 order by a.ordinal
                """,
                row -> {
                    settled.set(members.size(), row.getBoolean(2));
                    members.add(row.getLong(1));
                    return true;
                },
                batch);
        sql.update(
                "update batch set members = ?, settled = ?, requests = ? where batch = ?",
                Members.blob(members.stream().mapToLong(Long::longValue).toArray()),
                settled.toByteArray(),
                members.size(),
                batch);
    }

    private static void writeRequests(Sql sql, WorkFolder work, int batch) {
        try (var file = work.write(batch, BatchFile.NOTHING_SHARED)) {
            sql.each(
                    """
                    select a.custom_id, p.params
                      from former_attempt a left join params p on p.params_id = a.params_id
                     where a.batch_number = ?
                     order by a.ordinal
                    """,
                    row -> {
                        var params = row.getBytes(2);
                        file.add(
                                row.getString(1),
                                params == null ? new byte[0] : BatchFile.membersOf(params));
                        return true;
                    },
                    batch);
            var written = file.finish();
            sql.update(
                    "update batch set fingerprint = ?, bytes = ? where batch = ?",
                    HexFormat.of().formatHex(written.sha256()),
                    written.bodyBytes(),
                    batch);
        }
    }

    private static void carryOverPlan(Sql sql) {
        var plan = (int) sql.number("select coalesce(max(plan), 0) from plan");
        if (plan == 0) {
            return;
        }
        var members = new PlanMembers();
        sql.each(
                "select r.record from record r join former_record f on f.record_id = r.record_id where f.plan = ?",
                row -> {
                    members.add(row.getLong(1));
                    return true;
                },
                plan);
        members.save(sql, new Plan(plan));
        sql.update(
                """
                insert into tally (plan, stand, records)
                select plan, case state when 'failed' then 'failed:' || failure_kind else state end, count(*)
                  from former_record
                 where plan = ?
                 group by 1, 2
                """,
                plan);
        sql.update(
                "insert into tally (plan, stand, records) select plan, 'unusable', count(*) from unusable where plan = ? group by plan",
                plan);
    }
}
