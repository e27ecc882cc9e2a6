package dev.nightmail.core.batch;

import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a batch the moment it is accepted, and never changes.
 *
 * @param expiresAt when what has not settled becomes {@code expired}
 * @param betas the values of the create call's {@code anthropic-beta} header; they go with every
 *     request
 * @param models the models its requests name, in order of first appearance; the request index
 *     refers to them by position
 * @param bodySha256 of the create call's decoded body, lower-case hex: the same body sent again is
 *     the same batch
 */
public record BatchHeader(
        BatchId id,
        WorkspaceId workspace,
        KeyId key,
        Instant createdAt,
        Instant expiresAt,
        ApiVersion apiVersion,
        List<String> betas,
        @Nullable String userProfileId,
        int requestCount,
        List<String> models,
        String bodySha256,
        @Nullable String idempotencyKey) {

    public BatchHeader {
        betas = List.copyOf(betas);
        models = List.copyOf(models);
        if (requestCount < 1) {
            throw new IllegalArgumentException("a batch has at least one request");
        }
        if (!expiresAt.isAfter(createdAt)) {
            throw new IllegalArgumentException("a batch expires after it was created");
        }
    }
}
