package dev.nightmail.cli.run;

import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.surroundings.EmbeddedServer;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.Endpoint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's requests go. Close it when the run is over.
 *
 * @param charged whether the user's account at Anthropic pays for them
 */
record RunTarget(Endpoint endpoint, boolean charged, @Nullable Simulator simulator)
        implements AutoCloseable {

    /**
     * The server inside this process.
     *
     * @param isNew whether no earlier run left it anything
     */
    record Simulator(EmbeddedServer.Running server, SimulatorFolder folder, boolean isNew) {}

    /**
     * The endpoint that was named; else Claude, if there is a key for it; else a server inside this
     * process, on the data folder it had the last time.
     */
    static RunTarget choose(@Nullable String named, Path pipeline, Surroundings surroundings) {
        if (named != null) {
            return of(Endpoints.named(named, surroundings), surroundings);
        }
        if (surroundings.variable(Endpoints.ANTHROPIC_API_KEY).isPresent()) {
            return of(Endpoints.named(Endpoints.CLAUDE, surroundings), surroundings);
        }
        var folder = SimulatorFolder.of(pipeline, surroundings);
        var isNew = !folder.exists();
        var server = surroundings.embeddedServer().start(folder.path());
        return new RunTarget(
                Endpoints.embedded(server.baseUri()), false, new Simulator(server, folder, isNew));
    }

    private static RunTarget of(Endpoint endpoint, Surroundings surroundings) {
        return new RunTarget(endpoint, Endpoints.isClaude(endpoint.base(), surroundings), null);
    }

    /** Whether the built-in simulator answers. */
    boolean simulated() {
        return simulator != null;
    }

    /** Once it is closed and every answer is in the pipeline's state. */
    void removeLeftovers() {
        if (simulator != null) {
            simulator.folder().remove();
        }
    }

    /** Once it is closed and nothing was sent to it. */
    void removeUnlessUsed() {
        if (simulator != null && simulator.isNew()) {
            simulator.folder().remove();
        }
    }

    @Override
    public void close() {
        if (simulator != null) {
            simulator.server().close();
        }
    }
}
