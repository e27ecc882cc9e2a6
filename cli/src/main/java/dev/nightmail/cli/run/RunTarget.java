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
record RunTarget(Endpoint endpoint, boolean charged, EmbeddedServer.@Nullable Running server)
        implements AutoCloseable {

    /** Beside the pipeline, one folder for each, so that two pipelines can run at once. */
    private static final String DATA_FOLDER = ".nightmail";

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
        var server = surroundings.embeddedServer().start(dataFolder(pipeline, surroundings));
        return new RunTarget(Endpoints.embedded(server.baseUri()), false, server);
    }

    private static RunTarget of(Endpoint endpoint, Surroundings surroundings) {
        return new RunTarget(endpoint, Endpoints.isClaude(endpoint.base(), surroundings), null);
    }

    static Path dataFolder(Path pipeline, Surroundings surroundings) {
        var file = surroundings.folder().resolve(pipeline).normalize();
        var name = String.valueOf(file.getFileName());
        var dot = name.lastIndexOf('.');
        return file.resolveSibling(DATA_FOLDER).resolve(dot < 1 ? name : name.substring(0, dot));
    }

    /** Whether the built-in simulator answers. */
    boolean simulated() {
        return server != null;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
