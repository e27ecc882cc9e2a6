package dev.nightmail.app.server;

import dev.nightmail.app.Version;
import dev.nightmail.app.config.NightmailConfig.RelayConfig;
import dev.nightmail.app.config.NightmailConfig.UpstreamConfig;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.relay.RelayLimits;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.engine.Engine;
import dev.nightmail.engine.relay.RelaySettings;
import dev.nightmail.engine.relay.Relays;
import dev.nightmail.upstream.anthropic.AnthropicBatches;
import dev.nightmail.upstream.anthropic.AnthropicConfig;
import dev.nightmail.upstream.anthropic.AnthropicUpstream;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpSettings;
import dev.nightmail.upstream.http.JettyExchanges;
import dev.nightmail.upstream.http.ProxySettings;
import dev.nightmail.upstream.openai.OpenAiConfig;
import dev.nightmail.upstream.openai.OpenAiUpstream;
import dev.nightmail.upstream.simulator.SimulatorUpstream;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes the upstreams that a configuration names. */
final class Upstreams {

    private final InstantSource clock;
    private final RandomGenerator random;
    private final Duration callTimeout;
    private final ProxyVariables proxies;
    private final MemoryBudget answers;

    /**
     * @param random used by many threads
     * @param answers memory for what all of them answer
     */
    Upstreams(
            InstantSource clock,
            RandomGenerator random,
            Duration callTimeout,
            ProxyVariables proxies,
            MemoryBudget answers) {
        this.clock = clock;
        this.random = random;
        this.callTimeout = callTimeout;
        this.proxies = proxies;
        this.answers = answers;
    }

    Upstream open(UpstreamConfig config) {
        return switch (config) {
            case UpstreamConfig.Anthropic anthropic -> anthropic(anthropic);
            case UpstreamConfig.OpenAi openAi -> openAi(openAi);
            case UpstreamConfig.Simulator simulator ->
                    SimulatorUpstream.create(simulator.config(), clock);
        };
    }

    /** What takes batches at an upstream that is used so; empty if it is used by calls. */
    Optional<Engine.Relayed> openRelayed(UpstreamConfig config) {
        return switch (config) {
            case UpstreamConfig.Anthropic anthropic ->
                    Optional.ofNullable(anthropic.relays())
                            .map(relays -> relayed(batches(anthropic), relays));
            case UpstreamConfig.OpenAi _, UpstreamConfig.Simulator _ -> Optional.empty();
        };
    }

    private static Engine.Relayed relayed(BatchUpstream upstream, RelayConfig config) {
        var settings =
                new RelaySettings(
                        config.pollMin(),
                        config.pollMax(),
                        config.settling(),
                        config.deletesCollected());
        var limits =
                new RelayLimits(
                        config.requestsMax(),
                        config.bytesMax(),
                        config.relaysMax(),
                        config.queuedMax(),
                        config.linger());
        return new Engine.Relayed(new Relays.Provider(upstream, settings), limits);
    }

    private BatchUpstream batches(UpstreamConfig.Anthropic config) {
        return new AnthropicBatches(described(config), http(config, config.url()), clock);
    }

    private Upstream anthropic(UpstreamConfig.Anthropic config) {
        return new AnthropicUpstream(described(config), http(config, config.url()), clock);
    }

    private static AnthropicConfig described(UpstreamConfig.Anthropic config) {
        return new AnthropicConfig(config.name(), config.url(), config.apiKey(), userAgent());
    }

    private Upstream openAi(UpstreamConfig.OpenAi config) {
        return new OpenAiUpstream(
                new OpenAiConfig(
                        config.name(),
                        config.url(),
                        config.apiKey(),
                        config.maxTokensField(),
                        userAgent(),
                        OpenAiConfig.ANSWER_BYTES_MAX),
                http(config, config.url()),
                clock,
                random);
    }

    private static String userAgent() {
        return "nightmail/" + Version.current();
    }

    private HttpExchanges http(UpstreamConfig config, URI url) {
        var settings =
                HttpSettings.DEFAULT
                        .withConnectionsMax(config.callsInFlightMax() + INTERACTIVE_CONNECTIONS)
                        .withTimeouts(
                                HttpSettings.DEFAULT.connectTimeout(), callTimeout, callTimeout);
        Optional<ProxySettings> proxy = proxies.forScheme(url.getScheme());
        return new JettyExchanges(
                proxy.map(settings::withProxy).orElse(settings), answers, config.name());
    }

    /** On top of what batches may use, so that interactive calls never wait for a connection. */
    private static final int INTERACTIVE_CONNECTIONS = 1024;
}
