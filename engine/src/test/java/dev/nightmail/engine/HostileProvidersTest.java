package dev.nightmail.engine;

import static org.awaitility.Awaitility.await;

import dev.nightmail.hostile.HostileBatches;
import dev.nightmail.hostile.HostileBatchesContract;
import dev.nightmail.upstream.anthropic.AnthropicBatches;
import dev.nightmail.upstream.anthropic.AnthropicConfig;
import dev.nightmail.upstream.http.HttpSettings;
import dev.nightmail.upstream.http.JettyExchanges;
import dev.nightmail.upstream.http.Secret;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Relays to providers that lie, over the real adapter. */
@SuppressWarnings("NullAway.Init")
class HostileProvidersTest extends HostileBatchesContract {

    private EngineWorld world;
    private HostileBatches server;
    private AnthropicBatches provider;

    @BeforeEach
    void start(@TempDir Path data) {
        var clocks = new Clocks();
        server = new HostileBatches(clocks);
        provider =
                new AnthropicBatches(
                        new AnthropicConfig(
                                "claude", server.uri(), new Secret("key"), "nightmail/0.1.0"),
                        new JettyExchanges(HttpSettings.DEFAULT),
                        clocks);
        world = new EngineWorld(data, provider, clocks);
    }

    @AfterEach
    void stop() {
        world.close();
        provider.close();
        server.close();
    }

    @Override
    protected HostileBatches endpoint() {
        return server;
    }

    @Override
    protected Ending run() {
        var batch = world.submit("a", REQUESTS);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    boolean over = world.find(batch).isOver();
                    if (!over) {
                        world.pass(step());
                    }
                    return over;
                });
        var counts = world.untilEnded(batch).counts();
        return new Ending(counts.succeeded(), counts.errored());
    }

    /** Calls take a moment of real time; only where nothing comes an hour is waited for. */
    private Duration step() {
        boolean early = world.clocks.instant().isBefore(Clocks.START.plus(Duration.ofMinutes(5)));
        return early ? Duration.ofSeconds(1) : Duration.ofSeconds(6);
    }
}
