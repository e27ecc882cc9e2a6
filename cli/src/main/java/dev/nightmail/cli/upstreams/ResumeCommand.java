package dev.nightmail.cli.upstreams;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.RefusedException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/** {@code upstreams resume}. */
@Command(
        name = "resume",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Have an upstream be given batches again, at once.",
            "Where somebody canceled batches of ours at an upstream, nothing more is sent there",
            "until this is said. It also ends any pause after failures."
        },
        footer = {
            "",
            "Where the server has API keys, NIGHTMAIL_API_KEY needs one with the scope admin."
        })
final class ResumeCommand implements Callable<Integer> {

    private static final int NOT_FOUND = 404;

    private final Surroundings surroundings;
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The upstream, as the configuration names it.")
    private String name = "";

    @Mixin private ServerOption server = new ServerOption();

    /** Whoever names the server before the word resume means it as well. */
    @ParentCommand private @Nullable UpstreamsCommand upstreams;

    @Mixin private CommonOptions common = new CommonOptions();

    ResumeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        var group = upstreams;
        var named = server.isGiven() || group == null ? server : group.server();
        var at = named.endpoint(surroundings);
        try (var client = Endpoints.client(at, surroundings, console::note)) {
            client.resumeUpstream(name);
        } catch (RefusedException e) {
            if (e.status() == NOT_FOUND) {
                throw CommandException.failed(
                        "%s has no upstream %s; nightmail upstreams shows which there are"
                                .formatted(at.base(), name),
                        e);
            }
            throw e;
        }
        if (common.json()) {
            console.json(JsonMapper.shared().createObjectNode().put("name", name));
        } else {
            console.result(name + " is given batches again.");
        }
        return ExitCode.DONE;
    }
}
