package dev.nightmail.app.config;

import dev.nightmail.app.config.NightmailConfig.UpstreamConfig;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.upstream.http.Secret;
import dev.nightmail.upstream.openai.MaxTokensField;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads who answers: {@code upstreams} and {@code routes}, or {@code upstream}, which is {@code
 * --upstream} and takes the place of both.
 */
final class UpstreamReader {

    private static final int CALLS_IN_FLIGHT_MAX = 256;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");
    private static final URI CLAUDE_URL = URI.create("https://api.anthropic.com");

    /** The one that answers if nothing is said. */
    private static final String SIMULATOR = "simulator";

    private static final String CLAUDE = "claude";
    private static final String ANTHROPIC = "anthropic";
    private static final String OPENAI = "openai";

    private static final String AS_ASKED = "as-asked";
    private static final String AUTO = "auto";

    private static final String STANDARD = "standard";
    private static final String FREE = "free";

    /** The name of one that is only known by its URL. */
    private static final String UPSTREAM = "upstream";

    private final Settings settings;
    private final Variables variables;
    private final RelayReader relays;

    UpstreamReader(Settings settings, Variables variables) {
        this.settings = settings;
        this.variables = variables;
        this.relays = new RelayReader(settings);
    }

    /** Who answers what. */
    record Served(List<UpstreamConfig> upstreams, Routes routes) {}

    Served read() {
        var chosen = settings.text("upstream");
        return chosen.isPresent() ? only(chosen.get()) : written();
    }

    private Served written() {
        var upstreams = upstreams(settings.namesBelow("upstreams"));
        if (upstreams.isEmpty()) {
            upstreams.add(simulator(SIMULATOR));
        }
        var routes = routes(upstreams);
        return new Served(upstreams, routes.orElseGet(() -> everythingToTheFirst(upstreams)));
    }

    /** One upstream for everything, whose details can still be set; the others are checked. */
    private Served only(String chosen) {
        var upstream = chosen(chosen);
        settings.readUnused(() -> {
            var others = new ArrayList<>(settings.namesBelow("upstreams"));
            others.remove(upstream.name());
            var all = upstreams(others);
            all.add(upstream);
            routes(all);
        });
        return new Served(List.of(upstream), Routes.all(upstream.name()));
    }

    private List<UpstreamConfig> upstreams(List<String> names) {
        var upstreams = new ArrayList<UpstreamConfig>();
        names.forEach(name -> upstreams.add(upstream(name)));
        return upstreams;
    }

    private UpstreamConfig chosen(String chosen) {
        return switch (chosen) {
            case SIMULATOR -> simulator(SIMULATOR);
            case CLAUDE -> {
                var apiKey = apiKey(CLAUDE).or(() -> apiKeyIn("ANTHROPIC_API_KEY"));
                if (apiKey.isEmpty()) {
                    settings.problem(
                            "upstream",
                            "claude needs a key: set the environment variable ANTHROPIC_API_KEY");
                }
                settings.text(key(CLAUDE, "protocol"));
                yield anthropic(CLAUDE, url(CLAUDE, ANTHROPIC), apiKey);
            }
            default -> {
                var apiKey = apiKey(UPSTREAM).or(() -> apiKeyIn("NIGHTMAIL_UPSTREAM_API_KEY"));
                settings.text(key(UPSTREAM, "url"));
                yield speaking(protocol(UPSTREAM), UPSTREAM, chosenUrl(), apiKey);
            }
        };
    }

    private URI chosenUrl() {
        try {
            return WebUrl.parse(settings.text("upstream", ""));
        } catch (IllegalArgumentException e) {
            settings.problem("upstream", e.getMessage() + ", or the word claude or simulator");
            return CLAUDE_URL;
        }
    }

    private Optional<Secret> apiKeyIn(String variable) {
        try {
            return variables.named(variable).map(Secret::new);
        } catch (IllegalArgumentException e) {
            settings.problem(variable, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private UpstreamConfig upstream(String name) {
        if (!NAME.matcher(name).matches()) {
            settings.problem(
                    "upstreams." + name,
                    "is not a name: lower-case letters, digits, '-' and '_', at most 40");
        }
        var protocol = protocol(name);
        return protocol.equals("simulator")
                ? simulator(name)
                : speaking(protocol, name, url(name, protocol), apiKey(name));
    }

    private String protocol(String name) {
        return settings.text(key(name, "protocol"), ANTHROPIC);
    }

    /** One that is reached at a URL. */
    private UpstreamConfig speaking(
            String protocol, String name, URI url, Optional<Secret> apiKey) {
        return switch (protocol) {
            case ANTHROPIC -> anthropic(name, url, apiKey);
            case OPENAI -> openAi(name, url, apiKey);
            default -> {
                settings.problem(
                        key(name, "protocol"),
                        "is \"%s\"; there are anthropic (any server of the Messages API), openai (any server of the Chat Completions API) and simulator"
                                .formatted(protocol));
                yield anthropic(name, url, apiKey);
            }
        };
    }

    private static String key(String upstream, String detail) {
        return "upstreams." + upstream + "." + detail;
    }

    private Optional<Secret> apiKey(String name) {
        return settings.checked(key(name, "api-key"), Secret::new);
    }

    private URI url(String name, String protocol) {
        var key = key(name, "url");
        if (protocol.equals(OPENAI) && settings.text(key).isEmpty()) {
            settings.problem(
                    key, "is needed: where the API starts, such as http://localhost:8000/v1");
        }
        return settings.checked(key, WebUrl::parse).orElse(CLAUDE_URL);
    }

    private UpstreamConfig anthropic(String name, URI url, Optional<Secret> apiKey) {
        var relayed = relays.relays(key(name, ""));
        boolean marksShared = marksShared(name);
        if (marksShared && relayed.isPresent()) {
            settings.problem(
                    key(name, "cache"),
                    "is auto, which is for upstreams that are called: what is sent in batches is cached as requests mark it");
        }
        return new UpstreamConfig.Anthropic(
                name,
                callsInFlightMax(name),
                url,
                apiKey.orElse(null),
                marksShared,
                relayed.orElse(null),
                isFree(name, relayed.isPresent()));
    }

    /** Who bills for what is sent in batches says so itself. */
    private boolean isFree(String name, boolean relayed) {
        var billing = settings.text(key(name, "billing"));
        if (relayed && billing.isPresent()) {
            settings.problem(
                    key(name, "billing"),
                    "is for upstreams that are called: one that takes batches (mode: batches) bills batches");
        } else if (billing.isPresent()
                && !billing.get().equals(STANDARD)
                && !billing.get().equals(FREE)) {
            settings.problem(
                    key(name, "billing"),
                    "is \"%s\"; expected %s (each call at its price) or %s (nobody is billed: machines of your own)"
                            .formatted(billing.get(), STANDARD, FREE));
        }
        return billing.filter(FREE::equals).isPresent();
    }

    private boolean marksShared(String name) {
        var cache = settings.text(key(name, "cache"), AS_ASKED);
        if (!cache.equals(AS_ASKED) && !cache.equals(AUTO)) {
            settings.problem(
                    key(name, "cache"),
                    "is \"%s\"; expected %s (only what requests mark) or %s (also the tools and system prompt that all requests of a batch repeat)"
                            .formatted(cache, AS_ASKED, AUTO));
        }
        return cache.equals(AUTO);
    }

    private UpstreamConfig openAi(String name, URI url, Optional<Secret> apiKey) {
        return new UpstreamConfig.OpenAi(
                name,
                callsInFlightMax(name),
                url,
                apiKey.orElse(null),
                settings.checked(key(name, "max-tokens-field"), UpstreamReader::maxTokensField)
                        .orElse(MaxTokensField.MAX_TOKENS),
                isFree(name, false));
    }

    private static MaxTokensField maxTokensField(String text) {
        for (var field : MaxTokensField.values()) {
            if (field.wireName().equals(text)) {
                return field;
            }
        }
        throw new IllegalArgumentException("must be max_tokens or max_completion_tokens");
    }

    private UpstreamConfig simulator(String name) {
        settings.text(key(name, "protocol"));
        return new UpstreamConfig.Simulator(
                callsInFlightMax(name), new SimulatorReader(settings, key(name, "")).read(name));
    }

    private int callsInFlightMax(String name) {
        return settings.number(key(name, "calls-in-flight-max"), 1, 100_000, CALLS_IN_FLIGHT_MAX);
    }

    /** Those that are written down; empty if none are. */
    private Optional<Routes> routes(List<UpstreamConfig> upstreams) {
        var names = new TreeSet<String>();
        upstreams.forEach(upstream -> names.add(upstream.name()));
        var routes = new ArrayList<Routes.Route>();
        for (var index : settings.namesBelow("routes")) {
            var route = route("routes." + index, names);
            requireThatItCanBeRelayed("routes." + index, route, upstreams);
            routes.add(route);
        }
        return routes.isEmpty() ? Optional.empty() : Optional.of(new Routes(routes));
    }

    private Routes.Route route(String key, Set<String> upstreams) {
        var names = new ArrayList<String>();
        for (var upstream : upstreamsOf(key + ".upstream")) {
            if (!upstreams.contains(upstream)) {
                settings.problem(
                        key + ".upstream",
                        "is \"" + upstream + "\"; there are " + String.join(", ", upstreams));
            } else if (names.contains(upstream)) {
                settings.problem(key + ".upstream", "names " + upstream + " twice");
            }
            names.add(upstream);
        }
        return new Routes.Route(
                settings.text(key + ".model", "*"), names, settings.text(key + ".as").orElse(null));
    }

    /** What takes batches takes them whole, and as their clients wrote them. */
    private void requireThatItCanBeRelayed(
            String key, Routes.Route route, List<UpstreamConfig> upstreams) {
        var relayed =
                upstreams.stream()
                        .filter(upstream -> route.upstreams().contains(upstream.name()))
                        .filter(UpstreamReader::takesBatches)
                        .findFirst();
        if (relayed.isEmpty()) {
            return;
        }
        if (route.upstreams().size() > 1) {
            settings.problem(
                    key + ".upstream",
                    "names %s, which takes batches (mode: batches), among others: it has a route to itself"
                            .formatted(relayed.get().name()));
        }
        if (route.as() != null) {
            settings.problem(
                    key + ".as",
                    "renames a model for %s, which takes batches (mode: batches) as their clients wrote them: leave it out"
                            .formatted(relayed.get().name()));
        }
    }

    private static boolean takesBatches(UpstreamConfig upstream) {
        return upstream instanceof UpstreamConfig.Anthropic anthropic && anthropic.relays() != null;
    }

    /** At least one, if only to be told that there is no such. */
    private List<String> upstreamsOf(String key) {
        var names = settings.list(key);
        return names.isEmpty() ? List.of("") : names;
    }

    private Routes everythingToTheFirst(List<UpstreamConfig> upstreams) {
        if (upstreams.size() > 1) {
            settings.problem(
                    "routes", "are needed with more than one upstream: which models go to which?");
        }
        return Routes.all(upstreams.getFirst().name());
    }
}
