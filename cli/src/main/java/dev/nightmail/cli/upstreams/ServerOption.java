package dev.nightmail.cli.upstreams;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.Endpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server has the upstreams. */
final class ServerOption {

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = {"A Nightmail server.", "Default: " + Endpoints.LOCAL_SERVER})
    private @Nullable String endpoint;

    boolean isGiven() {
        return endpoint != null;
    }

    Endpoint endpoint(Surroundings surroundings) {
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
}
