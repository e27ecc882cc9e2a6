package dev.nightmail.core.relay;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.request.CustomId;
import java.util.Optional;

/**
 * The custom_id under which a request travels at a provider: {@code <batch>-<number>-<relay>},
 * without the prefixes of the two ids. It is unique among the batches that travel together, joins a
 * result to its request without any table, and tells whose batch it is if nobody knows any more.
 */
public record RelayedId(BatchId batch, int request, RelayId relay) {

    private static final String BATCH_PREFIX = "msgbatch_";

    public CustomId customId() {
        return new CustomId(
                batch.value().substring(BATCH_PREFIX.length()) + "-" + request + "-" + relay.tag());
    }

    /** Empty if it is not of this relay; else it holds this very id of it, and no copy. */
    public static Optional<RelayedId> parse(String customId, RelayId relay) {
        return parse(customId)
                .filter(id -> id.relay().equals(relay))
                .map(id -> new RelayedId(id.batch, id.request, relay));
    }

    /** Empty if it is not of our making. */
    public static Optional<RelayedId> parse(String customId) {
        var parts = customId.split("-", -1);
        if (parts.length != 3 || parts[1].isEmpty() || parts[1].length() > 9) {
            return Optional.empty();
        }
        if (!parts[1].chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return Optional.empty();
        }
        int request = Integer.parseInt(parts[1]);
        return BatchId.parse(BATCH_PREFIX + parts[0])
                .flatMap(batch ->
                        RelayId.ofTag(parts[2]).map(relay -> new RelayedId(batch, request, relay)));
    }
}
