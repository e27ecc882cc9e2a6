package dev.nightmail.pipeline.state;

import java.util.List;

/**
 * The tables, release by release: numbered, forward only. {@code pragma user_version} holds the
 * number of the last one applied.
 */
final class StateSchema {

    private static final List<List<String>> MIGRATIONS =
            List.of(
                    List.of(
                            """
                            create table plan (
                                plan           integer primary key,
                                prompt_version text not null,
                                endpoint       text not null,
                                planned_at     text not null
                            )
                            """,
                            """
                            create table record (
                                record_id       text primary key,
                                custom_id       text not null unique,
                                plan            integer not null,
                                position        integer not null,
                                content_hash    text not null,
                                params_id       integer not null,
                                state           text not null check (state in ('outstanding', 'submitted', 'done', 'failed', 'canceled')),
                                batch_number    integer,
                                transient_count integer not null default 0,
                                expired_count   integer not null default 0,
                                reask_count     integer not null default 0,
                                failure_kind    text,
                                failure_message text,
                                failure_answer  text
                            )
                            """,
                            "create index record_by_state on record (state, plan, position)",
                            "create index record_by_position on record (plan, position)",
                            """
                            create table params (
                                params_id integer primary key autoincrement,
                                bytes     integer not null,
                                params    blob not null
                            )
                            """,
                            """
                            create table answer (
                                record_id    text not null,
                                content_hash text not null,
                                answer       text not null,
                                model        text not null,
                                batch_number integer not null,
                                primary key (record_id, content_hash)
                            ) without rowid
                            """,
                            """
                            create table batch (
                                batch_number    integer primary key,
                                batch_id        text,
                                state           text not null check (state in ('intended', 'submitted', 'collected', 'refused', 'abandoned', 'gone')),
                                endpoint        text not null,
                                model           text not null,
                                idempotency_key text not null,
                                fingerprint     text not null,
                                requests        integer not null,
                                bytes           integer not null,
                                likely_micros   integer not null,
                                intended_at     text not null,
                                created_at      text,
                                collected_at    text,
                                unique (endpoint, batch_id)
                            )
                            """,
                            """
                            create table attempt (
                                batch_number          integer not null references batch,
                                ordinal               integer not null,
                                custom_id             text not null,
                                record_id             text not null,
                                content_hash          text not null,
                                params_id             integer not null,
                                outcome               text,
                                price_step            integer not null default 0,
                                input_tokens          integer not null default 0,
                                output_tokens         integer not null default 0,
                                cache_write_5m_tokens integer not null default 0,
                                cache_write_1h_tokens integer not null default 0,
                                cache_read_tokens     integer not null default 0,
                                primary key (batch_number, custom_id)
                            ) without rowid
                            """,
                            "create index attempt_by_ordinal on attempt (batch_number, ordinal)",
                            "create index attempt_by_record on attempt (record_id)"),
                    List.of(
                            """
                            create table setting (
                                name  text primary key,
                                value text not null
                            ) without rowid
                            """,
                            """
                            create table output_file (
                                path   text not null,
                                sha256 text not null,
                                primary key (path, sha256)
                            ) without rowid
                            """,
                            // What an earlier release read and wrote is not to be told from the
                            // state: see PipelineState.readsAsBefore and
                            // OutputTable.mayBeUnrecorded.
                            "insert into setting (name, value) select 'reading', 'earlier' where exists (select 1 from plan)",
                            "insert into setting (name, value) select 'outputs', 'unrecorded' where exists (select 1 from plan)"),
                    List.of(
                            "alter table batch add column api_version text not null default '2023-06-01'",
                            // Names of betas, with commas between.
                            "alter table batch add column betas text not null default ''"),
                    List.of(
                            // A record that cannot be asked may have no id, or another's: it is no
                            // row of record. Each reading of the source finds them anew.
                            """
                            create table unusable (
                                plan      integer not null,
                                position  integer not null,
                                record_id text,
                                place     text not null,
                                reason    text not null,
                                primary key (plan, position)
                            ) without rowid
                            """,
                            // Plans of earlier releases count as not read to their end: nobody
                            // knows, and the next run makes a new one.
                            "alter table plan add column complete integer not null default 0",
                            "alter table plan add column record_limit integer"),
                    List.of(
                            "alter table answer add column sequence integer not null default 0",
                            """
                            update answer
                               set sequence = numbered.sequence
                              from (select record_id, content_hash,
                                           row_number() over (order by batch_number, record_id, content_hash) as sequence
                                      from answer) numbered
                             where answer.record_id = numbered.record_id and answer.content_hash = numbered.content_hash
                            """,
                            "create unique index answer_by_sequence on answer (sequence)"));

    /** The release of the tables that first knows unusable records. */
    private static final int UNUSABLE_SINCE = 4;

    /** The release of the tables that first numbers answers. */
    private static final int SEQUENCE_SINCE = 5;

    private StateSchema() {}

    /**
     * Makes a state that is only read look like one of this release, without changing it; but for
     * the terms of its batches, which only whoever sends them needs.
     *
     * @return whether there is anything in it
     */
    static boolean lookThrough(Sql sql) {
        var version = version(sql);
        if (version > 0 && version < UNUSABLE_SINCE) {
            sql.update(
                    "create temp table unusable (plan integer, position integer, record_id text, place text, reason text)");
            sql.update(
                    "create temp view plan as select *, 0 as complete, null as record_limit from main.plan");
        }
        if (version > 0 && version < SEQUENCE_SINCE) {
            sql.update(
                    """
                    create temp view answer as
                    select *, row_number() over (order by batch_number, record_id, content_hash) as sequence
                      from main.answer
                    """);
        }
        return version > 0;
    }

    private static int version(Sql sql) {
        var version = (int) sql.number("pragma user_version");
        if (version > MIGRATIONS.size()) {
            throw new StateException(
                    "the state file was written by a newer release: use that one, or move the file away to start anew",
                    null);
        }
        return version;
    }

    static void migrate(Sql sql) {
        var version = version(sql);
        for (int next = version; next < MIGRATIONS.size(); next++) {
            var number = next + 1;
            var statements = MIGRATIONS.get(next);
            sql.inTransaction(() -> {
                statements.forEach(sql::update);
                sql.update("pragma user_version = " + number);
            });
        }
    }
}
