package dev.nightmail.cli.command;

import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.ClientLimits;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Endpoints as they are named on the command line, each with the key that belongs to it. */
public final class Endpoints {

    /** The word for Anthropic's own API. */
    public static final String CLAUDE = "claude";

    /** Where {@code nightmail serve} listens if nothing else is said. */
    public static final String LOCAL_SERVER = "http://127.0.0.1:8787";

    public static final String ANTHROPIC_API_KEY = "ANTHROPIC_API_KEY";
    public static final String NIGHTMAIL_API_KEY = "NIGHTMAIL_API_KEY";

    /** Where the official SDKs, and this program, find the API if it is not Anthropic's own. */
    public static final String ANTHROPIC_BASE_URL = "ANTHROPIC_BASE_URL";

    /** A server without keys takes any, as long as it is there. */
    private static final String ANY_KEY = "local";

    private Endpoints() {}

    /**
     * The endpoint meant by a word or a URL.
     *
     * @throws CommandException if it is neither, or its key is missing
     */
    public static Endpoint named(String name, Surroundings surroundings) {
        if (name.equals(CLAUDE)) {
            return fromEnvironment(surroundings).orElseGet(() -> claude(surroundings));
        }
        var base = url("--endpoint", name);
        if (isClaude(base, surroundings)) {
            return claude(surroundings);
        }
        return Endpoint.at(base, keyFor(base, surroundings));
    }

    /**
     * The endpoint that the environment names as it does to the official SDKs: {@code
     * ANTHROPIC_BASE_URL}, with {@code ANTHROPIC_API_KEY} for its key. Whoever has set both means
     * the two for each other; without the first, the second is for Anthropic alone.
     *
     * @return empty if it names none
     */
    public static Optional<Endpoint> fromEnvironment(Surroundings surroundings) {
        return baseOfEnvironment(surroundings)
                .map(base ->
                        isClaude(base, surroundings)
                                ? claude(surroundings)
                                : Endpoint.at(
                                        base,
                                        surroundings
                                                .variable(ANTHROPIC_API_KEY)
                                                .map(Secret::new)
                                                .orElseGet(() -> keyFor(base, surroundings))));
    }

    /**
     * The variable that an endpoint's key is read from.
     *
     * @param base of the endpoint
     */
    public static String keyVariable(URI base, Surroundings surroundings) {
        boolean asTheSdks =
                surroundings.variable(ANTHROPIC_API_KEY).isPresent()
                        && baseOfEnvironment(surroundings).filter(base::equals).isPresent();
        return isClaude(base, surroundings) || asTheSdks ? ANTHROPIC_API_KEY : NIGHTMAIL_API_KEY;
    }

    /** The server that runs on this machine, which is known to honour idempotency keys. */
    public static Endpoint localServer(Surroundings surroundings) {
        var base = URI.create(LOCAL_SERVER);
        return Endpoint.nightmail(base, keyFor(base, surroundings), LOCAL_SERVER);
    }

    /** A server inside this process: whatever its port, its answers are the simulator's. */
    public static Endpoint embedded(URI base) {
        return Endpoint.simulator(base, new Secret(ANY_KEY));
    }

    /** As below, of an endpoint as it is named on the command line. */
    public static boolean isClaude(String name, Surroundings surroundings) {
        return isClaude(named(name, surroundings).base(), surroundings);
    }

    /** Whether what is sent there is charged to the user's account at Anthropic. */
    public static boolean isClaude(URI base, Surroundings surroundings) {
        return surroundings.claude().getAuthority().equalsIgnoreCase(base.getAuthority());
    }

    /**
     * A client of an endpoint, to be closed.
     *
     * @param notes told when a call is about to be repeated for the first time
     */
    public static BatchesClient client(
            Endpoint at, Surroundings surroundings, Consumer<String> notes) {
        return new BatchesClient(
                at,
                ClientLimits.DEFAULT,
                surroundings.clock(),
                surroundings.pause(),
                surroundings.random(),
                reason -> notes.accept(tryingAgain(reason)));
    }

    /** What is said of a first failure. */
    public static String tryingAgain(String reason) {
        return reason + "; trying again";
    }

    private static Optional<URI> baseOfEnvironment(Surroundings surroundings) {
        return surroundings
                .variable(ANTHROPIC_BASE_URL)
                .map(text -> url(ANTHROPIC_BASE_URL, text.strip()));
    }

    private static Endpoint claude(Surroundings surroundings) {
        var key =
                surroundings
                        .variable(ANTHROPIC_API_KEY)
                        .orElseThrow(() ->
                                CommandException.usage(
                                        "the endpoint claude needs a key: set "
                                                + ANTHROPIC_API_KEY));
        return Endpoint.at(surroundings.claude(), new Secret(key));
    }

    private static URI url(String from, String name) {
        try {
            var base = new URI(name);
            var scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
            if (base.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
                return base;
            }
        } catch (URISyntaxException _) {
            // Told below, together with all else that is no URL.
        }
        throw CommandException.usage(
                from
                        + (from.startsWith("--") ? " " : "=")
                        + name
                        + ": give a URL such as "
                        + LOCAL_SERVER
                        + ", or the word "
                        + CLAUDE);
    }

    private static Secret keyFor(URI base, Surroundings surroundings) {
        // ANTHROPIC_API_KEY is never handed to a server that it was not set for.
        return surroundings
                .variable(NIGHTMAIL_API_KEY)
                .or(() -> isLoopback(base) ? Optional.of(ANY_KEY) : Optional.empty())
                .map(Secret::new)
                .orElseThrow(() ->
                        CommandException.usage(
                                "the endpoint " + base + " needs a key: set " + NIGHTMAIL_API_KEY));
    }

    private static boolean isLoopback(URI base) {
        var host = base.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost")
                || host.equals("[::1]")
                || host.matches("127(\\.[0-9]{1,3}){3}");
    }
}
