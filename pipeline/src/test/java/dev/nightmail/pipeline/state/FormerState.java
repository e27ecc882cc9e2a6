package dev.nightmail.pipeline.state;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;

/** Makes a state into one as an earlier release would have written it. */
public final class FormerState {

    private FormerState() {}

    /**
     * @param version the number of its tables, 1 to 5
     */
    public static void make(Path file, int version) throws Exception {
        var former = file.resolveSibling("former.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + former)) {
            var sql = new Sql(connection);
            StateSchema.migrateTo(sql, version);
            sql.update("attach database ? as now", file.toString());
            fill(sql, version);
        }
        Files.move(former, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void fill(Sql sql, int version) throws SQLException {
        sql.update(
                "insert into main.plan (plan, prompt_version, endpoint, planned_at) select plan, prompt_version, endpoint, planned_at from now.plan");
        if (version >= 4) {
            sql.update(
                    "update main.plan set complete = (select complete from now.plan p where p.plan = main.plan.plan)");
        }
        sql.update(
                """
                insert into main.record (record_id, custom_id, plan, position, content_hash, params_id, state, batch_number, failure_kind, failure_message, failure_answer)
                select record_id, 'c' || record, (select max(plan) from now.plan), record - 1, lower(hex(content)), 0,
                       case state when 'carried' then 'submitted' else state end,
                       case state when 'carried' then batch end, failure_kind, failure_message, failure_answer
                  from now.record
                """);
        sql.update(
                """
                insert into main.answer (record_id, content_hash, answer, model, batch_number%s)
                select r.record_id, lower(hex(a.content)), a.answer, a.model, a.batch%s
                  from now.answer a join now.record r on r.record = a.record
                """
                        .formatted(
                                version >= 5 ? ", sequence" : "",
                                version >= 5 ? ", a.sequence" : ""));
        sql.update(
                """
                insert into main.batch (batch_number, batch_id, state, endpoint, model, idempotency_key, fingerprint, requests, bytes, likely_micros, intended_at, created_at, collected_at)
                select batch, batch_id, state, endpoint, model, idempotency_key, fingerprint, requests, bytes, likely_micros, intended_at, created_at, collected_at
                  from now.batch
                 where state in ('intended', 'submitted', 'collected', 'gone')
                """);
        if (version >= 2) {
            sql.update(
                    "insert into main.output_file (path, sha256) select path, sha256 from now.output_file");
            sql.update("insert into main.setting select * from now.setting");
        }
        for (var batch : sql.list("select batch from now.batch", row -> row.getInt(1))) {
            attempts(sql, batch);
        }
        sql.update("detach database now");
    }

    private static void attempts(Sql sql, int batch) {
        var members =
                Members.of(
                        sql.first(
                                        "select members from now.batch where batch = ?",
                                        row -> row.getBytes(1),
                                        batch)
                                .orElseThrow());
        for (int ordinal = 0; ordinal < members.length; ordinal++) {
            sql.update(
                    """
                    insert into main.attempt (batch_number, ordinal, custom_id, record_id, content_hash, params_id, outcome, input_tokens, output_tokens)
                    select ?, ?, 'c' || record, record_id, ?, 0,
                           case state when 'carried' then null else 'accepted' end, 100, 10
                      from now.record
                     where record = ?
                    """,
                    batch,
                    ordinal,
                    contentOf(sql, members[ordinal]),
                    members[ordinal]);
        }
    }

    private static String contentOf(Sql sql, long record) {
        return HexFormat.of()
                .formatHex(
                        sql.first(
                                        "select content from now.record where record = ?",
                                        row -> row.getBytes(1),
                                        record)
                                .orElseThrow());
    }
}
