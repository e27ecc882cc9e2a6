-- Times are microseconds since 1970, UTC. Lists are JSON arrays of strings.

create table batch (
    batch_id            text    not null primary key,
    workspace           text    not null,
    key_id              text    not null,
    created_at          bigint  not null,
    expires_at          bigint  not null,
    api_version         text    not null,
    betas               text    not null,
    user_profile_id     text,
    request_count       integer not null,
    models              text    not null,
    body_sha256         text    not null,
    idempotency_key     text,
    state               text    not null,
    cancel_requested_at bigint,
    ended_at            bigint,
    archived_at         bigint,
    processing          integer not null,
    succeeded           integer not null,
    errored             integer not null,
    canceled            integer not null,
    expired             integer not null
);

-- Ids sort by age, so this is the order of every listing.
create index batch_by_workspace on batch (workspace, batch_id);

create index batch_by_state on batch (state, created_at);

-- Batches without a key do not get in each other's way: nulls are distinct.
create unique index batch_idempotency_key on batch (workspace, idempotency_key);

create table api_key (
    key_id     text   not null primary key,
    workspace  text   not null,
    name       text   not null,
    scopes     text   not null,
    sha256     text   not null unique,
    created_at bigint not null,
    revoked_at bigint
);

-- Rows are only inserted, and outlive the batch they speak of. A row is what one batch used at one
-- tariff: who answered (empty if that was lost), as which tier it was billed (standard, priority,
-- batch, simulated, unknown), whether in the US only (0 or 1), and how many tokens every prompt
-- exceeded.
create table batch_usage (
    batch_id                 text    not null,
    model                    text    not null,
    upstream                 text    not null,
    service_tier             text    not null,
    in_us_only               integer not null,
    prompt_tokens_over       bigint  not null,
    workspace                text    not null,
    key_id                   text    not null,
    day                      text    not null,
    requests                 bigint  not null,
    input_tokens             bigint  not null,
    output_tokens            bigint  not null,
    cache_creation_5m_tokens bigint  not null,
    cache_creation_1h_tokens bigint  not null,
    cache_read_tokens        bigint  not null,
    primary key (batch_id, model, upstream, service_tier, in_us_only, prompt_tokens_over)
);
