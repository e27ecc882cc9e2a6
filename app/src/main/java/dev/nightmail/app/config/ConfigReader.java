package dev.nightmail.app.config;

import dev.nightmail.app.config.NightmailConfig.Limits;
import dev.nightmail.app.config.NightmailConfig.Listen;
import dev.nightmail.app.config.NightmailConfig.Retries;
import dev.nightmail.app.config.NightmailConfig.UpstreamConfig;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.upstream.http.Secret;
import dev.nightmail.upstream.simulator.FaultScript;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads a configuration. All defaults stand here. */
public final class ConfigReader {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration YEAR = Duration.ofDays(366);
    private static final long GIB = 1L << 30;
    private static final int CALLS_IN_FLIGHT_MAX = 256;
    private static final Pattern UPSTREAM_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");
    private static final String CLAUDE_URL = "https://api.anthropic.com";

    private final Settings settings;

    private ConfigReader(Settings settings) {
        this.settings = settings;
    }

    /**
     * @param environment the process's variables, by name
     * @throws ConfigException naming everything that is wrong, a line each
     */
    public static NightmailConfig read(
            ConfigSource source, Function<String, Optional<String>> environment) {
        var settings = new Settings(source.values(), environment);
        var config = new ConfigReader(settings).read(environment);
        settings.finish();
        return config;
    }

    private NightmailConfig read(Function<String, Optional<String>> environment) {
        var upstreams = upstreams(environment);
        return new NightmailConfig(
                listen(),
                Path.of(settings.text("data", "nightmail-data")),
                limits(),
                retries(),
                upstreams,
                routes(upstreams));
    }

    private Listen listen() {
        return new Listen(
                settings.text("listen.host", "127.0.0.1"),
                settings.number("listen.port", 0, 65_535, 8787),
                settings.checked("listen.public-url", ConfigReader::webUrl).orElse(null));
    }

    private Limits limits() {
        return new Limits(
                settings.number("limits.batch-requests", 1, 10_000_000, 100_000),
                settings.bytes("limits.batch-bytes", 1, 64 * GIB, 256L << 20),
                settings.duration("limits.window", MOMENT, YEAR, Duration.ofHours(24)),
                settings.duration(
                        "limits.retention", MOMENT, YEAR.multipliedBy(10), Duration.ofDays(29)),
                settings.duration(
                        "limits.call-timeout",
                        MOMENT,
                        Duration.ofHours(24),
                        Duration.ofMinutes(10)),
                settings.duration(
                        "limits.stop-timeout",
                        Duration.ZERO,
                        Duration.ofHours(1),
                        Duration.ofSeconds(30)));
    }

    private Retries retries() {
        var delayMin =
                settings.duration(
                        "retries.delay-min", MOMENT, Duration.ofHours(1), Duration.ofMillis(500));
        var delayMax =
                settings.duration(
                        "retries.delay-max", MOMENT, Duration.ofHours(1), Duration.ofSeconds(30));
        if (delayMax.compareTo(delayMin) < 0) {
            settings.problem("retries.delay-max", "is shorter than retries.delay-min");
            delayMax = delayMin;
        }
        return new Retries(settings.number("retries.attempts-max", 1, 100, 5), delayMin, delayMax);
    }

    // Upstreams

    private List<UpstreamConfig> upstreams(Function<String, Optional<String>> environment) {
        var flag = settings.text("upstream");
        var names = settings.namesBelow("upstreams");
        if (flag.isPresent()) {
            return List.of(flagged(flag.get(), environment));
        }
        if (names.isEmpty()) {
            return List.of(simulator("simulator"));
        }
        var upstreams = new ArrayList<UpstreamConfig>();
        for (var name : names) {
            if (!UPSTREAM_NAME.matcher(name).matches()) {
                settings.problem(
                        "upstreams." + name,
                        "is not a name: lower-case letters, digits, '-' and '_'");
            }
            upstreams.add(upstream(name));
        }
        return upstreams;
    }

    /** {@code --upstream}: one upstream for everything; its details can still be set. */
    private UpstreamConfig flagged(String flag, Function<String, Optional<String>> environment) {
        return switch (flag) {
            case "simulator" -> simulator("simulator");
            case "claude" -> {
                var key = "upstreams.claude.api-key";
                var apiKey =
                        secret("claude")
                                .or(() -> fromEnvironment(environment, "ANTHROPIC_API_KEY", key));
                if (apiKey.isEmpty()) {
                    settings.problem(
                            "--upstream claude",
                            "needs a key: set the environment variable ANTHROPIC_API_KEY");
                }
                yield anthropic("claude", CLAUDE_URL, apiKey);
            }
            default -> {
                var key = "upstreams.upstream.api-key";
                var apiKey =
                        secret("upstream")
                                .or(() ->
                                        fromEnvironment(
                                                environment, "NIGHTMAIL_UPSTREAM_API_KEY", key));
                yield anthropic("upstream", flag, apiKey);
            }
        };
    }

    private Optional<Secret> fromEnvironment(
            Function<String, Optional<String>> environment, String variable, String key) {
        try {
            return environment.apply(variable).filter(value -> !value.isBlank()).map(Secret::new);
        } catch (IllegalArgumentException e) {
            settings.problem(key, "the environment variable " + variable + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private UpstreamConfig upstream(String name) {
        var protocol = settings.text("upstreams." + name + ".protocol", "anthropic");
        return switch (protocol) {
            case "simulator" -> simulator(name);
            case "anthropic" -> anthropic(name, CLAUDE_URL, secret(name));
            default -> {
                settings.problem(
                        "upstreams." + name + ".protocol",
                        "is \"" + protocol + "\"; this version speaks anthropic and simulator");
                yield simulator(name);
            }
        };
    }

    private Optional<Secret> secret(String name) {
        return settings.checked("upstreams." + name + ".api-key", Secret::new);
    }

    private UpstreamConfig anthropic(String name, String url, Optional<Secret> apiKey) {
        var base = "upstreams." + name + ".";
        var mode = settings.text(base + "mode", "calls");
        if (!mode.equals("calls")) {
            settings.problem(base + "mode", "is \"" + mode + "\"; this version makes calls");
        }
        return new UpstreamConfig.Anthropic(
                name, callsInFlightMax(base), upstreamUrl(base + "url", url), apiKey.orElse(null));
    }

    private URI upstreamUrl(String key, String fallback) {
        var text = settings.text(key, fallback);
        try {
            return webUrl(text);
        } catch (IllegalArgumentException e) {
            settings.problem(
                    settings.text("upstream").isPresent() ? "--upstream " + text : key,
                    e.getMessage() + "");
            return URI.create(CLAUDE_URL);
        }
    }

    private UpstreamConfig simulator(String name) {
        var base = "upstreams." + name + ".";
        settings.text(base + "protocol");
        var faults =
                settings.checked(
                        base + "faults",
                        text -> {
                            FaultScript.parse(text);
                            return text;
                        });
        var minute = Duration.ofMinutes(1);
        return new UpstreamConfig.Simulator(
                name,
                callsInFlightMax(base),
                settings.number(base + "seed", Integer.MIN_VALUE, Integer.MAX_VALUE, 0),
                settings.duration(
                        base + "first-token",
                        Duration.ZERO,
                        minute.multipliedBy(60),
                        Duration.ZERO),
                settings.duration(base + "per-output-token", Duration.ZERO, minute, Duration.ZERO),
                faults.orElse(""));
    }

    private int callsInFlightMax(String base) {
        return settings.number(base + "calls-in-flight-max", 1, 100_000, CALLS_IN_FLIGHT_MAX);
    }

    // Routes

    private Routes routes(List<UpstreamConfig> upstreams) {
        var names = new LinkedHashSet<String>();
        upstreams.forEach(upstream -> names.add(upstream.name()));
        var routes = new ArrayList<Routes.Route>();
        for (var index : settings.namesBelow("routes")) {
            routes.add(route("routes." + index, names));
        }
        if (!routes.isEmpty()) {
            return new Routes(routes);
        }
        if (names.size() > 1) {
            settings.problem(
                    "routes", "are needed with more than one upstream: which models go to which?");
        }
        return Routes.all(names.getFirst());
    }

    private Routes.Route route(String key, Set<String> upstreams) {
        var upstream = settings.text(key + ".upstream", "");
        if (!upstreams.contains(upstream)) {
            settings.problem(
                    key + ".upstream",
                    "is \"" + upstream + "\"; there are " + String.join(", ", upstreams));
        }
        return new Routes.Route(settings.text(key + ".model", "*"), upstream);
    }

    private static URI webUrl(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "expected a URL such as https://relay.example/prefix", e);
        }
        boolean web =
                "http".equalsIgnoreCase(uri.getScheme())
                        || "https".equalsIgnoreCase(uri.getScheme());
        if (!web || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "expected a URL such as https://relay.example/prefix");
        }
        return uri;
    }
}
