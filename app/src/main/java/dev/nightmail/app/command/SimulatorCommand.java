package dev.nightmail.app.command;

import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.api.server.ApiConfig;
import dev.nightmail.api.server.ApiServer;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.app.config.StandaloneSimulator;
import dev.nightmail.app.server.StartException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.engine.memory.SharedMemory;
import dev.nightmail.upstream.simulator.SimulatorUpstream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code simulator}: the simulator alone in the foreground, until it is told to stop. */
@Command(
        name = "simulator",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Run a simulated Messages API, for tests.",
        footer = {
            "",
            "It answers /v1/messages, /v1/messages/count_tokens and /v1/models, to",
            "any key. SIGTERM or Ctrl-C stops it. All its keys: docs/simulator.md",
            "With --json: {\"url\":…} when it is ready."
        })
public final class SimulatorCommand implements Callable<Integer> {

    private static final Duration MEMORY_WAIT = Duration.ofSeconds(10);
    private static final int CALLS_WAITING_MAX = 256;

    /** Nothing is lost with a simulated answer. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final Surroundings surroundings;
    private final Shutdown shutdown;
    private final Console console;

    @Option(names = "--config", paramLabel = "FILE", description = "File with its keys (YAML).")
    private @Nullable Path config;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Address to listen on. Default: 127.0.0.1")
    private @Nullable String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on, 0 for any free one. Default: 8788")
    private @Nullable String port;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Same seed, same request: same answer. Default: 0")
    private @Nullable String seed;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {
                "What it is like, such as requests-per-minute=50 or",
                "first-token=300ms. May be repeated."
            })
    private List<String> sets = new ArrayList<>();

    @Mixin private CommonOptions common = new CommonOptions();

    public SimulatorCommand(Surroundings surroundings, Shutdown shutdown) {
        this.surroundings = surroundings;
        this.shutdown = shutdown;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var settings =
                StandaloneSimulator.read(
                        new ConfigSource(config, flags(), sets), surroundings::variable);
        var ended = new CountDownLatch(1);
        var exitCode = new CompletableFuture<Integer>();
        try (var simulator = SimulatorUpstream.create(settings.simulator(), surroundings.clock());
                var server = server(settings, simulator)) {
            shutdown.whenAsked(() -> {
                ended.countDown();
                return exitCode.join();
            });
            start(settings, server);
            sayReady(server.baseUri());
            ended.await();
        } finally {
            exitCode.complete(ExitCode.DONE);
        }
        return ExitCode.DONE;
    }

    private ApiServer server(StandaloneSimulator settings, SimulatorUpstream simulator) {
        return ApiServer.withoutBatches(
                new ApiConfig(
                        settings.host(),
                        settings.port(),
                        null,
                        ApiConfig.Access.STANDARD,
                        ApiLimits.DEFAULT.stoppingWithin(STOP_TIMEOUT),
                        bodies()),
                workspace -> (_, call, sink) -> simulator.serve(call, workspace, sink),
                surroundings.clock(),
                surroundings.random());
    }

    private static SharedMemory bodies() {
        return new SharedMemory(
                new SharedMemory.Terms(
                        Runtime.getRuntime().maxMemory() / 4, MEMORY_WAIT, CALLS_WAITING_MAX));
    }

    private static void start(StandaloneSimulator settings, ApiServer server) {
        try {
            server.start();
        } catch (IOException e) {
            throw StartException.cannotListen(settings.host(), settings.port(), e);
        }
    }

    private void sayReady(URI url) {
        if (common.json()) {
            console.json(JsonMapper.shared().createObjectNode().put("url", url.toString()));
        } else {
            console.result("Nightmail simulator is ready at " + url);
        }
    }

    private Map<String, String> flags() {
        return new Flags().put("host", host).put("port", port).put("seed", seed).given();
    }
}
