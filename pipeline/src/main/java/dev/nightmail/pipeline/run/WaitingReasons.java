package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.Extension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds out why nothing happens: a Nightmail server knows what is the matter with its upstreams,
 * and tells whoever may know. Others are not asked. One thread.
 */
public final class WaitingReasons {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration ASKED_EVERY = Duration.ofMinutes(1);
    private static final Set<String> FINE = Set.of("healthy", "well", "slowed");

    private final BatchesApi client;
    private long settledBefore = -1;
    private @Nullable Instant stillSince;
    private Instant askedAt = Instant.MIN;

    public WaitingReasons(BatchesApi client) {
        this.client = client;
    }

    /**
     * @param settled so far, of all that is waited for
     * @return what is the matter, a line for each upstream that does not answer; empty if something
     *     happens, if it is too early to ask again, or if nobody says
     */
    public Optional<List<String>> ask(long settled, Instant now) throws InterruptedException {
        var since = stillSince;
        if (settled != settledBefore || since == null) {
            settledBefore = settled;
            stillSince = now;
            return Optional.empty();
        }
        if (now.isBefore(since.plus(PATIENCE)) || now.isBefore(askedAt.plus(ASKED_EVERY))) {
            return Optional.empty();
        }
        askedAt = now;
        return client.offers(Extension.EVENTS)
                ? Optional.of(reasons()).filter(reasons -> !reasons.isEmpty())
                : Optional.empty();
    }

    private List<String> reasons() throws InterruptedException {
        try {
            return client.upstreams().stream()
                    .filter(upstream -> !FINE.contains(condition(upstream)))
                    .map(WaitingReasons::words)
                    .toList();
        } catch (EndpointException _) {
            // This key may not know, or the server is away, which others say.
            return List.of();
        }
    }

    private static String condition(JsonNode upstream) {
        return upstream.path("condition").asString("healthy");
    }

    private static String words(JsonNode upstream) {
        var reason = upstream.path("last_problem").path("reason").asString("");
        return "upstream %s is %s%s"
                .formatted(
                        upstream.path("name").asString("?"),
                        condition(upstream),
                        reason.isEmpty() ? "" : ": " + reason);
    }
}
