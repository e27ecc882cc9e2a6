package dev.nightmail.catalog.batch;

import dev.nightmail.catalog.sql.Micros;
import dev.nightmail.catalog.sql.TextList;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState;
import dev.nightmail.core.batch.BatchState.Archived;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.batch.BatchState.Ended;
import dev.nightmail.core.batch.BatchState.InProgress;
import dev.nightmail.core.batch.StateName;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.result.RequestCounts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** A batch as a row of its table. */
final class BatchRow {

    private BatchRow() {}

    static <S extends SqlStatement<S>> S bindHeader(S statement, BatchHeader header) {
        return statement
                .bind("batch", header.id().value())
                .bind("workspace", header.workspace().value())
                .bind("key", header.key().value())
                .bind("createdAt", Micros.of(header.createdAt()))
                .bind("expiresAt", Micros.of(header.expiresAt()))
                .bind("apiVersion", header.apiVersion().header())
                .bind("betas", TextList.write(header.betas()))
                .bind("userProfile", header.userProfileId())
                .bind("requestCount", header.requestCount())
                .bind("models", TextList.write(header.models()))
                .bind("bodySha256", header.bodySha256())
                .bind("idempotencyKey", header.idempotencyKey());
    }

    static <S extends SqlStatement<S>> S bindProgress(S statement, Batch batch) {
        return statement
                .bind("state", StateName.of(batch.state()).text())
                .bind("cancelRequestedAt", Micros.ofNullable(batch.cancelRequestedAt()))
                .bind("endedAt", Micros.ofNullable(batch.endedAt()))
                .bind("archivedAt", Micros.ofNullable(batch.archivedAt()))
                .bind("processing", batch.counts().processing())
                .bind("succeeded", batch.counts().succeeded())
                .bind("errored", batch.counts().errored())
                .bind("canceled", batch.counts().canceled())
                .bind("expired", batch.counts().expired());
    }

    static Batch read(ResultSet row) throws SQLException {
        return new Batch(header(row), state(row), counts(row));
    }

    private static BatchHeader header(ResultSet row) throws SQLException {
        var apiVersion = row.getString("api_version");
        return new BatchHeader(
                new BatchId(row.getString("batch_id")),
                new WorkspaceId(row.getString("workspace")),
                new KeyId(row.getString("key_id")),
                Micros.instant(row, "created_at"),
                Micros.instant(row, "expires_at"),
                ApiVersion.parse(apiVersion)
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "unknown api_version in the catalog: " + apiVersion)),
                TextList.read(row.getString("betas")),
                row.getString("user_profile_id"),
                row.getInt("request_count"),
                TextList.read(row.getString("models")),
                row.getString("body_sha256"),
                row.getString("idempotency_key"));
    }

    private static BatchState state(ResultSet row) throws SQLException {
        var cancelRequestedAt = Micros.instantOrNull(row, "cancel_requested_at");
        return switch (StateName.parse(row.getString("state"))) {
            case IN_PROGRESS -> new InProgress();
            case CANCELING -> new Canceling(present(cancelRequestedAt));
            case ENDED -> new Ended(Micros.instant(row, "ended_at"), cancelRequestedAt);
            case ARCHIVED ->
                    new Archived(
                            Micros.instant(row, "ended_at"),
                            cancelRequestedAt,
                            Micros.instant(row, "archived_at"));
        };
    }

    private static Instant present(@Nullable Instant time) {
        if (time == null) {
            throw new IllegalStateException("a canceling batch without cancel_requested_at");
        }
        return time;
    }

    private static RequestCounts counts(ResultSet row) throws SQLException {
        return new RequestCounts(
                row.getInt("processing"),
                row.getInt("succeeded"),
                row.getInt("errored"),
                row.getInt("canceled"),
                row.getInt("expired"));
    }
}
