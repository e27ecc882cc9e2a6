package dev.nightmail.app.server;

import dev.nightmail.app.Version;
import dev.nightmail.app.config.NightmailConfig.UpstreamConfig;
import dev.nightmail.core.upstream.Upstream;
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
            case UpstreamConfig.OpenAi openAi -> openAi(openAi);
            case UpstreamConfig.Simulator simulator ->
                    SimulatorUpstream.create(simulator.config(), clock);
        };
    }

    private Upstream anthropic(UpstreamConfig.Anthropic config) {
        return new AnthropicUpstream(
                new AnthropicConfig(config.name(), config.url(), config.apiKey(), userAgent()),
                http(config, config.url()),
                clock);
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
                clock);
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
        return new JettyExchanges(proxy.map(settings::withProxy).orElse(settings));
    }

    /** On top of what batches may use, so that interactive calls never wait for a connection. */
    private static final int INTERACTIVE_CONNECTIONS = 1024;
}
