package dev.nightmail.pipeline.client;

import dev.nightmail.pipeline.cost.Billing;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * A server that speaks the Message Batches API.
 *
 * @param base scheme, host and any path prefix; {@code /v1/…} is put behind it
 * @param identity whose answers these are. Answers of one identity are never taken for those of
 *     another, so it stays the same from run to run even where the port does not
 * @param honoursIdempotencyKeys whether it is known that a create sent twice with one {@code
 *     Idempotency-Key} makes one batch; else the server's answers tell ({@link
 *     BatchesClient#honoursIdempotencyKeys}). Where it does not, a create without an answer is
 *     looked for first
 */
public record Endpoint(URI base, Secret key, String identity, boolean honoursIdempotencyKeys) {

    /** Identity of the built-in simulator: its answers cost nothing and are nobody's. */
    public static final String SIMULATOR = "simulator";

    private static final String ANTHROPIC_HOST = "api.anthropic.com";

    public Endpoint {
        var scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
        if (base.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException(
                    "an endpoint is an http or https URL like https://api.anthropic.com, not "
                            + base);
        }
        if (base.getRawQuery() != null
                || base.getRawFragment() != null
                || base.getRawUserInfo() != null) {
            throw new IllegalArgumentException("an endpoint has no query, fragment or user name");
        }
        if (identity.isBlank()) {
            throw new IllegalArgumentException("an endpoint's identity is not empty");
        }
    }

    /**
     * Any server of the API, of which nothing more is known than its address; the address is its
     * identity.
     */
    public static Endpoint at(URI base, Secret key) {
        return new Endpoint(base, key, base.toString().replaceAll("/+$", ""), false);
    }

    /** A Nightmail server, which honours {@code Idempotency-Key} on create. */
    public static Endpoint nightmail(URI base, Secret key, String identity) {
        return new Endpoint(base, key, identity, true);
    }

    /** A Nightmail server whose answers are made up, wherever it listens. */
    public static Endpoint simulator(URI base, Secret key) {
        return nightmail(base, key, SIMULATOR);
    }

    /** Whether this is the hosted API, which asks its clients to poll in moderation. */
    public boolean isAnthropic() {
        return ANTHROPIC_HOST.equalsIgnoreCase(base.getHost());
    }

    /** What it is known to bill at without being asked. */
    public Optional<Billing> billing() {
        if (isAnthropic()) {
            return Optional.of(Billing.BATCH);
        }
        return identity.equals(SIMULATOR) ? Optional.of(Billing.SIMULATED) : Optional.empty();
    }

    URI at(String pathAndQuery) {
        return URI.create(base.toString().replaceAll("/+$", "") + pathAndQuery);
    }
}
