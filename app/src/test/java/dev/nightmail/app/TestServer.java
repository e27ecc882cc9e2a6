package dev.nightmail.app;

import dev.nightmail.app.config.ConfigReader;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.app.server.NightmailServer;
import dev.nightmail.app.server.ProxyVariables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The whole server on a free loopback port, with a data folder that goes when it is closed. */
public final class TestServer implements AutoCloseable {

    private final Path data;
    private final NightmailServer server;

    private TestServer(Path data, NightmailServer server) {
        this.data = data;
        this.server = server;
    }

    /** With the simulator, and whatever is set besides, as with {@code --set}. */
    public static TestServer start(String... sets) {
        try {
            var data = Files.createTempDirectory("nightmail-test");
            var all = new ArrayList<>(List.of(sets));
            all.add("limits.stop-timeout=5s");
            var source =
                    new ConfigSource(
                            null, Map.of("listen.port", "0", "data", data.toString()), all);
            var config = ConfigReader.read(source, _ -> Optional.empty());
            var proxies = new ProxyVariables(_ -> Optional.empty());
            var server = NightmailServer.start(config, InstantSource.system(), proxies, _ -> {});
            return new TestServer(data, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI baseUri() {
        return server.baseUri();
    }

    public Path data() {
        return data;
    }

    @Override
    public void close() {
        server.stop();
        try (var files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder()).forEach(TestServer::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
