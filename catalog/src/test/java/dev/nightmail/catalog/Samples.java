package dev.nightmail.catalog;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Batches for tests. */
final class Samples {

    static final Instant START = Instant.parse("2026-11-20T21:00:00.100435Z");
    static final WorkspaceId TEAM = new WorkspaceId("team");

    private static final SplittableRandom RANDOM = new SplittableRandom(7);

    private Samples() {}

    /** The batch that was created so many seconds after {@link #START}. */
    static Batch batch(int second) {
        return batch(second, TEAM, null);
    }

    static Batch batch(int second, WorkspaceId workspace, @Nullable String idempotencyKey) {
        var createdAt = START.plusSeconds(second);
        return Batch.accepted(
                new BatchHeader(
                        BatchId.create(createdAt, RANDOM),
                        workspace,
                        new KeyId("key_1"),
                        createdAt,
                        createdAt.plus(Duration.ofHours(24)),
                        ApiVersion.V2023_06_01,
                        List.of("one", "two"),
                        "profile",
                        10,
                        List.of("claude \"x\"\n", ""),
                        "abc" + second,
                        idempotencyKey));
    }
}
