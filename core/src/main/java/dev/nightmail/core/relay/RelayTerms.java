package dev.nightmail.core.relay;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.request.ApiVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's batch has once, for all of its requests: only batches that agree in it can
 * travel together.
 */
public record RelayTerms(
        ApiVersion apiVersion, List<String> betas, @Nullable String userProfileId) {

    public RelayTerms {
        betas = List.copyOf(betas);
    }

    public static RelayTerms of(BatchHeader header) {
        return new RelayTerms(header.apiVersion(), header.betas(), header.userProfileId());
    }
}
