package dev.nightmail.pipeline.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** The release of the tables that first names records by number; {@link FormerTables}. */
    private static final int NUMBERED_SINCE = 6;

    private static final List<String> NUMBERED =
            List.of(
                    """
                    create table record (
                        record          integer primary key,
                        record_id       text not null,
                        content         blob not null,
                        state           text not null check (state in ('carried', 'outstanding', 'done', 'failed', 'canceled')),
                        batch           integer,
                        answer          integer,
                        history         text,
                        failure_kind    text,
                        failure_message text,
                        failure_answer  text
                    )
                    """,
                    // The few that are neither carried nor done.
                    "create index record_by_state on record (state, batch, record) where state in ('outstanding', 'failed', 'canceled')",
                    """
                    create table answer (
                        sequence      integer primary key,
                        record        integer not null,
                        content       blob not null,
                        batch         integer not null,
                        answer        text not null,
                        model         text not null,
                        stop_reason   text not null default '',
                        input_tokens  integer not null default 0,
                        output_tokens integer not null default 0,
                        attempts      integer not null default 1
                    )
                    """,
                    "create index answer_by_record on answer (record)",
                    """
                    create table batch (
                        batch           integer primary key,
                        batch_id        text,
                        state           text not null check (state in ('drafted', 'prepared', 'intended', 'submitted', 'collected', 'refused', 'abandoned', 'gone', 'dissolved')),
                        endpoint        text not null,
                        model           text not null,
                        api_version     text not null,
                        betas           text not null,
                        prompt_version  text not null,
                        idempotency_key text not null,
                        fingerprint     text not null,
                        requests        integer not null,
                        bytes           integer not null,
                        params_bytes    integer not null,
                        likely_micros   integer not null,
                        prepared_at     text not null,
                        intended_at     text,
                        created_at      text,
                        collected_at    text,
                        awaited_since   text,
                        members         blob not null,
                        settled         blob not null,
                        accepted        integer not null default 0,
                        accepted_output integer not null default 0,
                        unique (endpoint, batch_id)
                    )
                    """,
                    "create index batch_by_state on batch (state, batch)",
                    // What a batch spent, at each step of its model's prices.
                    """
                    create table spent (
                        batch                 integer not null,
                        price_step            integer not null,
                        input_tokens          integer not null,
                        output_tokens         integer not null,
                        cache_write_5m_tokens integer not null,
                        cache_write_1h_tokens integer not null,
                        cache_read_tokens     integer not null,
                        primary key (batch, price_step)
                    ) without rowid
                    """,
                    // A record that was asked something else while a batch carried it.
                    """
                    create table superseded (
                        batch   integer not null,
                        record  integer not null,
                        content blob not null,
                        primary key (batch, record)
                    ) without rowid
                    """,
                    // What an outstanding record is asked now, where that is not what its last
                    // batch asked.
                    """
                    create table again (
                        record  integer primary key,
                        request blob not null
                    )
                    """,
                    """
                    create table plan_members (
                        plan    integer not null,
                        piece   integer not null,
                        records blob not null,
                        primary key (plan, piece)
                    ) without rowid
                    """,
                    // How many records of a plan stand where; changed with them.
                    """
                    create table tally (
                        plan    integer not null,
                        stand   text not null,
                        records integer not null,
                        primary key (plan, stand)
                    ) without rowid
                    """,
                    "alter table plan add column source text",
                    "alter table plan add column records_read integer not null default 0");

    /** What came after; each release of the tables is one more. */
    private static final List<List<String>> LATER =
            List.of(
                    List.of(
                            // Fields of the record that go with its answer, a JSON object.
                            "alter table record add column kept text",
                            // Pico-dollars; null where no price was known.
                            "alter table answer add column cost integer",
                            "alter table answer add column answered_at text",
                            // What its endpoint bills a batch at; null where that was not kept
                            // yet.
                            "alter table batch add column billing text"),
                    List.of(
                            // Who gets the answer to another record, since both ask the same.
                            """
                            create table following (
                                record integer primary key,
                                leader integer not null
                            )
                            """,
                            "create index following_by_leader on following (leader)"),
                    List.of(
                            // Files to which answers are added, and what was about to be.
                            """
                            create table appended_file (
                                path               text primary key,
                                length             integer not null,
                                delivered          integer not null,
                                addition           blob,
                                addition_delivered integer
                            )
                            """),
                    List.of(
                            // The other hash of what is asked, see Asked; null until a record of an
                            // earlier release is read again, which the next run does.
                            "alter table record add column question blob",
                            "alter table answer add column question blob",
                            "alter table superseded add column question blob",
                            "update plan set source = null",
                            // How often those that are set aside had failed was not kept.
                            "update record set history = null where state = 'failed'"),
                    List.of(
                            // What a file looked like when it was written, and what was written.
                            "alter table output_file add column seen text",
                            "alter table output_file add column contents text"),
                    List.of(
                            """
                            create table prompt (
                                version  text primary key,
                                shape    text not null,
                                first_at text not null
                            ) without rowid
                            """));

    private static final int CURRENT = NUMBERED_SINCE + LATER.size();

    private StateSchema() {}

    static int version(Sql sql) {
        var version = (int) sql.number("pragma user_version");
        if (version > CURRENT) {
            throw new StateException(
                    "the state file was written by a newer release: use that one, or move the file away to start anew",
                    null);
        }
        return version;
    }

    static boolean isCurrent(int version) {
        return version == CURRENT;
    }

    /**
     * @param work where requests of batches that are out are written; null if nobody will send them
     */
    static void migrate(Sql sql, @Nullable WorkFolder work) {
        var version = version(sql);
        if (version < NUMBERED_SINCE) {
            migrateTo(sql, MIGRATIONS.size());
            sql.inTransaction(() -> {
                FormerTables.setAside(sql);
                NUMBERED.forEach(sql::update);
                FormerTables.carryOver(sql, work);
                sql.update("pragma user_version = " + NUMBERED_SINCE);
            });
        }
        apply(sql, NUMBERED_SINCE, LATER);
    }

    /** The tables of a release that kept a row for each request. */
    static void migrateTo(Sql sql, int last) {
        apply(sql, 0, MIGRATIONS.subList(0, last));
    }

    /**
     * @param before the release of the tables that they are for
     */
    private static void apply(Sql sql, int before, List<List<String>> migrations) {
        for (int next = version(sql); next - before < migrations.size(); next++) {
            var number = next + 1;
            var statements = migrations.get(next - before);
            sql.inTransaction(() -> {
                statements.forEach(sql::update);
                sql.update("pragma user_version = " + number);
            });
        }
    }
}
