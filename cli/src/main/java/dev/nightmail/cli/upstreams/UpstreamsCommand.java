package dev.nightmail.cli.upstreams;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.ClientLimits;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.RefusedException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code upstreams}. */
@Command(
        name = "upstreams",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Show how the upstreams of a running server stand.",
        footer = {
            "",
            "IN FLIGHT counts calls of batches now, most of them for now, and most in any",
            "case. REFUSED are 429 and 529, FAILED got no answer. Counts are since the start.",
            "Where the server has API keys, NIGHTMAIL_API_KEY needs one with the scope admin.",
            "With --json: one upstream a line, as docs/api.md describes it."
        })
public final class UpstreamsCommand implements Callable<Integer> {

    private static final int NOT_FOUND = 404;

    private final Surroundings surroundings;
    private final Console console;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = {"A Nightmail server.", "Default: " + Endpoints.LOCAL_SERVER})
    private @Nullable String endpoint;

    @Mixin private CommonOptions common = new CommonOptions();

    public UpstreamsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var upstreams = upstreams(server());
        if (common.json()) {
            upstreams.forEach(console::json);
        } else {
            new UpstreamText(console.outputStyle(), surroundings.clock().instant())
                    .lines(upstreams)
                    .forEach(console::result);
        }
        return ExitCode.DONE;
    }

    private Endpoint server() {
        var named = endpoint;
        if (named == null) {
            return Endpoints.localServer(surroundings);
        }
        if (!Endpoints.isClaude(named, surroundings)) {
            return Endpoints.named(named, surroundings);
        }
        throw CommandException.usage(
                "--endpoint "
                        + named
                        + ": Anthropic's API has no upstreams; give the URL of a Nightmail server, such as "
                        + Endpoints.LOCAL_SERVER);
    }

    private List<JsonNode> upstreams(Endpoint server) throws InterruptedException {
        try (var client =
                new BatchesClient(
                        server,
                        ClientLimits.DEFAULT,
                        surroundings.clock(),
                        surroundings.pause(),
                        surroundings.random())) {
            return client.upstreams();
        } catch (RefusedException e) {
            if (e.status() == NOT_FOUND) {
                throw CommandException.failed(
                        "%s does not tell of upstreams: is it a Nightmail server, of this version?"
                                .formatted(server.base()),
                        e);
            }
            throw e;
        }
    }
}
