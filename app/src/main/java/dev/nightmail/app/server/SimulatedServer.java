package dev.nightmail.app.server;

import dev.nightmail.app.config.ConfigReader;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.cli.surroundings.EmbeddedServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server inside the process of a pipeline: on a free loopback port, answered by the simulator.
 */
public final class SimulatedServer implements EmbeddedServer {

    private final InstantSource clock;

    public SimulatedServer(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Running start(Path dataFolder) {
        var flags =
                Map.of(
                        "listen.port", "0",
                        "data", dataFolder.toString(),
                        "upstream", "simulator");
        var config =
                ConfigReader.read(new ConfigSource(null, flags, List.of()), _ -> Optional.empty());
        var server =
                NightmailServer.start(
                        config, clock, new ProxyVariables(_ -> Optional.empty()), _ -> {});
        return new Running() {
            @Override
            public URI baseUri() {
                return server.baseUri();
            }

            @Override
            public void close() {
                server.stop();
            }
        };
    }
}
