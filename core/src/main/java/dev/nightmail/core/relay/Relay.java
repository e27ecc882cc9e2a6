package dev.nightmail.core.relay;

import dev.nightmail.core.batch.BatchId;
import java.util.List;

/**
 * One batch of a provider that carries requests of ours.
 *
 * @param upstream the provider, as the configuration names it
 * @param parts at least one, of different batches; their order is that of the requests in the
 *     provider's batch
 */
public record Relay(RelayId id, String upstream, RelayTerms terms, List<Part> parts) {

    /** Those requests of one batch that are in it. */
    public record Part(BatchId batch, RequestNumbers requests) {}

    public Relay {
        parts = List.copyOf(parts);
    }

    public int size() {
        return parts.stream().mapToInt(part -> part.requests().size()).sum();
    }
}
