package dev.nightmail.app.command;

import dev.nightmail.app.config.ConfigReader;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.app.config.NightmailConfig;
import dev.nightmail.app.server.NightmailServer;
import dev.nightmail.app.server.ProxyVariables;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code serve}: the server in the foreground, until it is told to stop. */
@Command(
        name = "serve",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Run the server: the Message Batches API on this machine.",
        footer = {
            "",
            "Without an upstream, here or in the configuration, the simulator answers.",
            "SIGTERM or Ctrl-C stops it cleanly: calls in flight finish, and the next",
            "start repeats nothing.",
            "With --json: {\"url\":…,\"simulated\":…} when it is ready."
        })
public final class ServeCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Shutdown shutdown;
    private final Console console;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (YAML).")
    private @Nullable Path config;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Address to listen on. Default: 127.0.0.1")
    private @Nullable String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on, 0 for any free one. Default: 8787")
    private @Nullable String port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder. Default: nightmail-data")
    private @Nullable String data;

    @Option(
            names = "--upstream",
            paramLabel = "WHO",
            description = {
                "Who answers, whatever the configuration says:",
                "  URL        a server of the Messages API, with or without",
                "             a path prefix; its key, if it needs one, in",
                "             NIGHTMAIL_UPSTREAM_API_KEY",
                "  claude     Claude itself; key in ANTHROPIC_API_KEY",
                "  simulator  the built-in simulator"
            })
    private @Nullable String upstream;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {
                "Override a key of the configuration, such as",
                "limits.window=3s. May be repeated."
            })
    private List<String> sets = new ArrayList<>();

    @Mixin private CommonOptions common = new CommonOptions();

    public ServeCommand(Surroundings surroundings, Shutdown shutdown) {
        this.surroundings = surroundings;
        this.shutdown = shutdown;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var settings =
                ConfigReader.read(new ConfigSource(config, flags(), sets), surroundings::variable);
        var ended = new CountDownLatch(1);
        var failed = new AtomicBoolean();
        var server =
                NightmailServer.start(
                        settings,
                        surroundings.clock(),
                        new ProxyVariables(surroundings::variable),
                        _ -> {
                            failed.set(true);
                            ended.countDown();
                        });
        var exitCode = new CompletableFuture<Integer>();
        shutdown.whenAsked(() -> {
            ended.countDown();
            return exitCode.join();
        });
        try {
            sayReady(settings, server.baseUri());
            ended.await();
        } finally {
            boolean clean = server.stop() && !failed.get();
            exitCode.complete(clean ? ExitCode.DONE : ExitCode.FAILED);
        }
        return exitCode.join();
    }

    private void sayReady(NightmailConfig settings, URI url) {
        if (settings.isSimulated()) {
            console.note(
                    "The built-in simulator answers every request. For real answers: --upstream"
                            + " claude, or the URL of a server of the Messages API.");
        }
        if (common.json()) {
            var ready = JsonMapper.shared().createObjectNode();
            console.json(ready.put("url", url.toString()).put("simulated", settings.isSimulated()));
        } else {
            console.result("Nightmail is ready at " + url);
        }
    }

    private Map<String, String> flags() {
        return new Flags()
                .put("listen.host", host)
                .put("listen.port", port)
                .put("data", data)
                .put("upstream", upstream)
                .given();
    }
}
