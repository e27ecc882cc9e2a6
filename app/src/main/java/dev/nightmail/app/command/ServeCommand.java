package dev.nightmail.app.command;

import dev.nightmail.app.Surroundings;
import dev.nightmail.app.config.ConfigReader;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.app.config.NightmailConfig;
import dev.nightmail.app.server.NightmailServer;
import dev.nightmail.app.server.ProxyVariables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: the server in the foreground, until it is told to stop. */
@Command(
        name = "serve",
        description = "Run the server: the Message Batches API on this machine.",
        footer = {
            "",
            "Without --upstream or upstreams in the configuration, the built-in simulator answers.",
            "SIGTERM or Ctrl-C stops it cleanly: calls in flight finish, nothing is repeated at the next start."
        })
public final class ServeCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (YAML).")
    private @Nullable Path config;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Address to listen on (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on, 0 for any free one (default: 8787).")
    private @Nullable String port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder (default: nightmail-data).")
    private @Nullable String data;

    @Option(
            names = "--upstream",
            paramLabel = "URL|claude|simulator",
            description = {
                "Who answers: a Claude-shaped server by URL, with or without a path prefix",
                "(its key, if it needs one, in NIGHTMAIL_UPSTREAM_API_KEY); Claude itself",
                "(key in ANTHROPIC_API_KEY); or the built-in simulator."
            })
    private @Nullable String upstream;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Override any configuration key, such as limits.window=3s. May be repeated.")
    private List<String> sets = new ArrayList<>();

    public ServeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        var settings =
                ConfigReader.read(new ConfigSource(config, flags(), sets), surroundings::variable);
        var ended = new CountDownLatch(1);
        var failed = new java.util.concurrent.atomic.AtomicBoolean();
        var server =
                NightmailServer.start(
                        settings,
                        surroundings.clock(),
                        new ProxyVariables(surroundings::variable),
                        _ -> {
                            failed.set(true);
                            ended.countDown();
                        });
        var stopped = new CountDownLatch(1);
        surroundings.onShutdown(() -> {
            ended.countDown();
            awaitQuietly(stopped);
        });
        sayWhoAnswers(settings);
        surroundings.out().println("Nightmail is ready at " + server.baseUri());
        surroundings.out().flush();
        ended.await();
        server.stop();
        stopped.countDown();
        return failed.get() ? 1 : 0;
    }

    private static void awaitQuietly(CountDownLatch stopped) {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayWhoAnswers(NightmailConfig settings) {
        if (settings.isSimulated()) {
            surroundings
                    .err()
                    .println(
                            "The built-in simulator answers every request. For real answers: --upstream claude, or the URL of a Claude-shaped server.");
        }
    }

    private Map<String, String> flags() {
        var flags = new LinkedHashMap<String, String>();
        put(flags, "listen.host", host);
        put(flags, "listen.port", port);
        put(flags, "data", data);
        put(flags, "upstream", upstream);
        return flags;
    }

    private static void put(Map<String, String> flags, String key, @Nullable String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }
}
