package dev.nightmail.cli.upstreams;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.RefusedException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code upstreams}. */
@Command(
        name = "upstreams",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Show how the upstreams of a running server stand.",
            "With resume, have one be given batches again."
        },
        footer = {
            "",
            "IN FLIGHT counts calls of batches now, most of them for now, and most in any",
            "case. REFUSED are 429 and 529, FAILED got no answer. Counts are since the start.",
            "Where the server has API keys, NIGHTMAIL_API_KEY needs one with the scope admin.",
            "An upstream at which somebody canceled batches of ours is held until it is resumed.",
            "With --json: one upstream a line, as docs/api.md describes it."
        })
public final class UpstreamsCommand implements Callable<Integer> {

    private static final int NOT_FOUND = 404;

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private ServerOption server = new ServerOption();
    @Mixin private CommonOptions common = new CommonOptions();

    private UpstreamsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    /** With all its parts. */
    public static CommandLine commandLine(Surroundings surroundings) {
        return new CommandLine(new UpstreamsCommand(surroundings))
                .addSubcommand(new ResumeCommand(surroundings));
    }

    ServerOption server() {
        return server;
    }

    @Override
    public Integer call() throws InterruptedException {
        var upstreams = upstreams(server.endpoint(surroundings));
        if (common.json()) {
            upstreams.forEach(console::json);
        } else {
            new UpstreamText(console.outputStyle(), surroundings.clock().instant())
                    .lines(upstreams)
                    .forEach(console::result);
        }
        return ExitCode.DONE;
    }

    private List<JsonNode> upstreams(Endpoint at) throws InterruptedException {
        try (var client = Endpoints.client(at, surroundings, console::note)) {
            return client.upstreams();
        } catch (RefusedException e) {
            if (e.status() == NOT_FOUND) {
                throw CommandException.failed(
                        "%s does not tell of upstreams: is it a Nightmail server, of this version?"
                                .formatted(at.base()),
                        e);
            }
            throw e;
        }
    }
}
