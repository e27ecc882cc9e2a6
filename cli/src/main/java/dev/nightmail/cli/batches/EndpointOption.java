package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.BatchesClient;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the batches are. */
final class EndpointOption {

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = {
                "A server of the Message Batches API, or the word",
                "claude for https://api.anthropic.com.",
                "Default: ANTHROPIC_BASE_URL, else",
                Endpoints.LOCAL_SERVER
            })
    private @Nullable String endpoint;

    /** A client of it, to be closed. */
    BatchesClient client(Surroundings surroundings) {
        return client(surroundings, new Console(surroundings)::note);
    }

    /**
     * The same.
     *
     * @param notes told when a call is about to be repeated for the first time
     */
    BatchesClient client(Surroundings surroundings, Consumer<String> notes) {
        var chosen =
                endpoint == null
                        ? Endpoints.fromEnvironment(surroundings)
                                .orElseGet(() -> Endpoints.localServer(surroundings))
                        : Endpoints.named(endpoint, surroundings);
        return Endpoints.client(chosen, surroundings, notes);
    }

    /**
     * What another command needs so as to reach the same endpoint; empty or with a leading space.
     */
    String again() {
        return endpoint == null ? "" : " --endpoint " + endpoint;
    }
}
