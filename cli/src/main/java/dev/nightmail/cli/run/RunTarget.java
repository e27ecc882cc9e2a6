package dev.nightmail.cli.run;

import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.surroundings.EmbeddedServer;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.ClientLimits;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.ModelSeen;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's requests go. Close it when the run is over.
 *
 * @param charged whether the user's account at Anthropic pays for them
 * @param simulated whether a simulator answers, here or at a server that says so
 * @param simulator the one inside this process; null if there is none
 */
record RunTarget(
        Endpoint endpoint, boolean charged, boolean simulated, @Nullable Simulator simulator)
        implements AutoCloseable {

    /**
     * The server inside this process.
     *
     * @param isNew whether no earlier run left it anything
     */
    record Simulator(EmbeddedServer.Running server, SimulatorFolder folder, boolean isNew) {}

    /**
     * The endpoint that was named; else the one of {@code ANTHROPIC_BASE_URL}; else Claude, if
     * there is a key for it; else a server inside this process, on the data folder it had the last
     * time.
     */
    static RunTarget choose(
            @Nullable String named, PipelineDefinition pipeline, Surroundings surroundings)
            throws InterruptedException {
        if (named != null) {
            return of(Endpoints.named(named, surroundings), pipeline.model(), surroundings);
        }
        var ofEnvironment = Endpoints.fromEnvironment(surroundings);
        if (ofEnvironment.isPresent()) {
            return of(ofEnvironment.get(), pipeline.model(), surroundings);
        }
        if (surroundings.variable(Endpoints.ANTHROPIC_API_KEY).isPresent()) {
            return of(
                    Endpoints.named(Endpoints.CLAUDE, surroundings),
                    pipeline.model(),
                    surroundings);
        }
        var folder = SimulatorFolder.of(pipeline.file(), surroundings);
        var isNew = !folder.exists();
        var server = surroundings.embeddedServer().start(folder.path());
        return new RunTarget(
                Endpoints.embedded(server.baseUri()),
                false,
                true,
                new Simulator(server, folder, isNew));
    }

    private static RunTarget of(Endpoint endpoint, String model, Surroundings surroundings)
            throws InterruptedException {
        if (Endpoints.isClaude(endpoint.base(), surroundings)) {
            return new RunTarget(endpoint, true, false, null);
        }
        // Made-up answers are never taken for those of whoever is behind the same address later.
        return isSimulated(endpoint, model, surroundings)
                ? new RunTarget(
                        Endpoint.simulator(endpoint.base(), endpoint.key()), false, true, null)
                : new RunTarget(endpoint, false, false, null);
    }

    private static boolean isSimulated(Endpoint endpoint, String model, Surroundings surroundings)
            throws InterruptedException {
        try (var client =
                new BatchesClient(
                        endpoint,
                        ClientLimits.DEFAULT.withoutRetries(),
                        surroundings.clock(),
                        surroundings.pause(),
                        surroundings.random())) {
            return client.model(model).map(ModelSeen::simulated).orElse(false);
        } catch (EndpointException _) {
            // It does not say. What is wrong there, the run itself will tell.
            return false;
        }
    }

    /** Where it is, in words. */
    String where() {
        if (simulator != null) {
            return "the built-in simulator";
        }
        return (simulated ? "the simulator at " : "") + endpoint.base();
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
