package dev.nightmail.catalog.batch;

import dev.nightmail.catalog.sql.Database;
import dev.nightmail.catalog.sql.Micros;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchCatalog.Insertion.Inserted;
import dev.nightmail.core.batch.BatchCatalog.Insertion.KeyUsed;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchPage.Place.After;
import dev.nightmail.core.batch.BatchPage.Place.Before;
import dev.nightmail.core.batch.BatchPage.Place.Newest;
import dev.nightmail.core.key.WorkspaceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** The catalog of batches in SQL. */
public final class SqlBatchCatalog implements BatchCatalog {

    private final Database database;

    public SqlBatchCatalog(Database database) {
        this.database = database;
    }

    private static final String SELECT =
            """
            select batch_id, workspace, key_id, created_at, expires_at, api_version, betas,
                   user_profile_id, request_count, models, body_sha256, idempotency_key,
                   state, cancel_requested_at, ended_at, archived_at,
                   processing, succeeded, errored, canceled, expired
              from batch
            """;

    private static final String INSERT =
            """
            insert into batch (
                batch_id, workspace, key_id, created_at, expires_at, api_version, betas,
                user_profile_id, request_count, models, body_sha256, idempotency_key,
                state, cancel_requested_at, ended_at, archived_at,
                processing, succeeded, errored, canceled, expired)
            values (
                :batch, :workspace, :key, :createdAt, :expiresAt, :apiVersion, :betas,
                :userProfile, :requestCount, :models, :bodySha256, :idempotencyKey,
                :state, :cancelRequestedAt, :endedAt, :archivedAt,
                :processing, :succeeded, :errored, :canceled, :expired)
            on conflict do nothing
            """;

    @Override
    public Insertion insert(Batch batch) {
        return database.write(handle -> {
            var insert = handle.createUpdate(INSERT);
            BatchRow.bindHeader(insert, batch.header());
            BatchRow.bindProgress(insert, batch);
            return insert.execute() == 1 ? new Inserted() : refused(handle, batch);
        });
    }

    private static Insertion refused(Handle handle, Batch batch) {
        var key = batch.header().idempotencyKey();
        if (key == null || find(handle, batch.id()).isPresent()) {
            throw new IllegalStateException("there is a batch " + batch.id() + " already");
        }
        return findByIdempotencyKey(handle, batch.header().workspace(), key)
                .map(KeyUsed::new)
                .orElseThrow(
                        () -> new IllegalStateException("refused for no reason: " + batch.id()));
    }

    private static final String UPDATE =
            """
            update batch
               set state = :state,
                   cancel_requested_at = :cancelRequestedAt,
                   ended_at = :endedAt,
                   archived_at = :archivedAt,
                   processing = :processing,
                   succeeded = :succeeded,
                   errored = :errored,
                   canceled = :canceled,
                   expired = :expired
             where batch_id = :batch
            """;

    @Override
    public void update(Batch batch) {
        database.write(handle ->
                BatchRow.bindProgress(handle.createUpdate(UPDATE), batch)
                        .bind("batch", batch.id().value())
                        .execute());
    }

    private static final String FIND =
            SELECT
                    + """
                     where batch_id = :batch
                    """;

    @Override
    public Optional<Batch> find(BatchId id) {
        return database.read(handle -> find(handle, id));
    }

    private static Optional<Batch> find(Handle handle, BatchId id) {
        return one(handle.createQuery(FIND).bind("batch", id.value()));
    }

    private static final String FIND_BY_IDEMPOTENCY_KEY =
            SELECT
                    + """
                     where workspace = :workspace
                       and idempotency_key = :idempotencyKey
                    """;

    @Override
    public Optional<Batch> findByIdempotencyKey(WorkspaceId workspace, String idempotencyKey) {
        return database.read(handle -> findByIdempotencyKey(handle, workspace, idempotencyKey));
    }

    private static Optional<Batch> findByIdempotencyKey(
            Handle handle, WorkspaceId workspace, String idempotencyKey) {
        return one(
                handle.createQuery(FIND_BY_IDEMPOTENCY_KEY)
                        .bind("workspace", workspace.value())
                        .bind("idempotencyKey", idempotencyKey));
    }

    private static final String NEWEST =
            SELECT
                    + """
                     where workspace = :workspace
                     order by batch_id desc
                     limit :limit
                    """;

    private static final String OLDER =
            SELECT
                    + """
                     where workspace = :workspace
                       and batch_id < :cursor
                     order by batch_id desc
                     limit :limit
                    """;

    private static final String NEWER =
            SELECT
                    + """
                     where workspace = :workspace
                       and batch_id > :cursor
                     order by batch_id
                     limit :limit
                    """;

    @Override
    public BatchPage page(WorkspaceId workspace, BatchPage.Query query) {
        return switch (query.place()) {
            case Newest _ -> page(query.limit(), rows(NEWEST, workspace, "", query.limit()));
            case After(var cursor) ->
                    page(query.limit(), rows(OLDER, workspace, cursor.value(), query.limit()));
            case Before(var cursor) -> {
                // Read away from the cursor, so that the page is the one next to it; then turned
                // round, since a page is newest first whichever way one travels.
                var page =
                        page(query.limit(), rows(NEWER, workspace, cursor.value(), query.limit()));
                yield new BatchPage(page.batches().reversed(), page.hasMore());
            }
        };
    }

    /** One row more than asked for tells whether there are more. */
    private List<Batch> rows(String sql, WorkspaceId workspace, String cursor, int limit) {
        return database.read(handle -> {
            var select =
                    handle.createQuery(sql)
                            .bind("workspace", workspace.value())
                            .bind("limit", limit + 1);
            if (!cursor.isEmpty()) {
                select.bind("cursor", cursor);
            }
            return all(select);
        });
    }

    private static BatchPage page(int limit, List<Batch> rows) {
        return new BatchPage(rows.subList(0, Math.min(limit, rows.size())), rows.size() > limit);
    }

    private static final String IDS =
            """
            select batch_id
              from batch
             order by batch_id
            """;

    @Override
    public List<BatchId> ids() {
        return database.read(handle ->
                handle.createQuery(IDS)
                        .map((row, _) -> new BatchId(row.getString("batch_id")))
                        .list());
    }

    private static final String RUNNING =
            SELECT
                    + """
                     where state in ('in_progress', 'canceling')
                     order by created_at, batch_id
                    """;

    @Override
    public List<Batch> running() {
        return database.read(handle -> all(handle.createQuery(RUNNING)));
    }

    private static final String TO_ARCHIVE =
            SELECT
                    + """
                     where state = 'ended'
                       and created_at <= :createdAtMax
                     order by created_at, batch_id
                     limit :limit
                    """;

    @Override
    public List<Batch> toArchive(Instant createdAtMax, int limit) {
        return database.read(handle ->
                all(
                        handle.createQuery(TO_ARCHIVE)
                                .bind("createdAtMax", Micros.of(createdAtMax))
                                .bind("limit", limit)));
    }

    private static final String DELETE =
            """
            delete from batch
             where batch_id = :batch
            """;

    @Override
    public void delete(BatchId id) {
        database.write(handle -> handle.createUpdate(DELETE).bind("batch", id.value()).execute());
    }

    private static Optional<Batch> one(Query query) {
        return query.map((row, _) -> BatchRow.read(row)).findOne();
    }

    private static List<Batch> all(Query query) {
        return query.map((row, _) -> BatchRow.read(row)).list();
    }
}
