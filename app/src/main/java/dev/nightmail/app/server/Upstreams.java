package dev.nightmail.app.server;

import dev.nightmail.app.Version;
import dev.nightmail.app.config.NightmailConfig.UpstreamConfig;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.upstream.anthropic.AnthropicConfig;
import dev.nightmail.upstream.anthropic.AnthropicUpstream;
import dev.nightmail.upstream.http.HttpSettings;
import dev.nightmail.upstream.http.JettyExchanges;
import dev.nightmail.upstream.http.ProxySettings;
import dev.nightmail.upstream.simulator.SimulatorUpstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Makes the upstreams that a configuration names. */
final class Upstreams {

    private final InstantSource clock;
    private final Duration callTimeout;
    private final ProxyVariables proxies;

    Upstreams(InstantSource clock, Duration callTimeout, ProxyVariables proxies) {
        this.clock = clock;
        this.callTimeout = callTimeout;
        this.proxies = proxies;
    }

    Upstream open(UpstreamConfig config) {
        return switch (config) {
            case UpstreamConfig.Anthropic anthropic -> anthropic(anthropic);
            case UpstreamConfig.Simulator simulator ->
                    SimulatorUpstream.create(simulator.config(), clock);
        };
    }

    private Upstream anthropic(UpstreamConfig.Anthropic config) {
        var settings =
                HttpSettings.DEFAULT
                        .withConnectionsMax(config.callsInFlightMax() + INTERACTIVE_CONNECTIONS)
                        .withTimeouts(
                                HttpSettings.DEFAULT.connectTimeout(), callTimeout, callTimeout);
        Optional<ProxySettings> proxy = proxies.forScheme(config.url().getScheme());
        var http = new JettyExchanges(proxy.map(settings::withProxy).orElse(settings));
        var anthropic =
                new AnthropicConfig(
                        config.name(),
                        config.url(),
                        config.apiKey(),
                        "nightmail/" + Version.current());
        return new AnthropicUpstream(anthropic, http, clock);
    }

    /** On top of what batches may use, so that interactive calls never wait for a connection. */
    private static final int INTERACTIVE_CONNECTIONS = 1024;
}
