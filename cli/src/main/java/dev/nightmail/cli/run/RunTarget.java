package dev.nightmail.cli.run;

import dev.nightmail.cli.command.Endpoints;
import dev.nightmail.cli.surroundings.EmbeddedServer;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Style;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.ClientLimits;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.ModelSeen;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.ProgressListener;
import dev.nightmail.pipeline.run.RunEvent;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's requests go. Close it when the run is over.
 *
 * @param billing what the endpoint bills for them
 * @param simulator the one inside this process; null if there is none
 * @param failureTold whether the user has heard that it does not answer at once
 */
record RunTarget(
        Endpoint endpoint, Billing billing, @Nullable Simulator simulator, boolean failureTold)
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
            @Nullable String named,
            PipelineDefinition pipeline,
            Surroundings surroundings,
            Consumer<String> notes)
            throws InterruptedException {
        var elsewhere = elsewhere(named, pipeline, surroundings, notes);
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        var folder = SimulatorFolder.of(pipeline.file(), surroundings);
        var isNew = !folder.exists();
        var server = surroundings.embeddedServer().start(folder.path());
        return new RunTarget(
                Endpoints.embedded(server.baseUri()),
                Billing.SIMULATED,
                new Simulator(server, folder, isNew),
                false);
    }

    /** The same, if it is not inside this process. */
    static Optional<RunTarget> elsewhere(
            @Nullable String named,
            PipelineDefinition pipeline,
            Surroundings surroundings,
            Consumer<String> notes)
            throws InterruptedException {
        var endpoint =
                named != null
                        ? Optional.of(Endpoints.named(named, surroundings))
                        : Endpoints.fromEnvironment(surroundings)
                                .or(() -> claudeIfThereIsAKey(surroundings));
        return endpoint.isEmpty()
                ? Optional.empty()
                : Optional.of(of(endpoint.get(), pipeline, surroundings, notes));
    }

    private static Optional<Endpoint> claudeIfThereIsAKey(Surroundings surroundings) {
        return surroundings
                .variable(Endpoints.ANTHROPIC_API_KEY)
                .map(_ -> Endpoints.named(Endpoints.CLAUDE, surroundings));
    }

    private static RunTarget of(
            Endpoint endpoint,
            PipelineDefinition pipeline,
            Surroundings surroundings,
            Consumer<String> notes)
            throws InterruptedException {
        if (Endpoints.isClaude(endpoint.base(), surroundings)) {
            return new RunTarget(endpoint, Billing.BATCH, null, false);
        }
        try (var client =
                new BatchesClient(
                        endpoint,
                        ClientLimits.DEFAULT.withoutRetries(),
                        surroundings.clock(),
                        surroundings.pause(),
                        surroundings.random())) {
            // Made-up answers are never taken for those of whoever is behind the same address
            // later.
            var billing =
                    ModelSeen.billing(endpoint, client.model(pipeline.model(), pipeline.terms()));
            return new RunTarget(
                    billing == Billing.SIMULATED
                            ? Endpoint.simulator(endpoint.base(), endpoint.key())
                            : endpoint,
                    billing,
                    null,
                    false);
        } catch (EndpointException e) {
            // It does not say. What is wrong there, the run itself will tell, after it has tried
            // for a while.
            var mayPass =
                    e instanceof UnreachableException
                            || (e instanceof RefusedException refused && refused.mayPass());
            if (mayPass) {
                notes.accept(Endpoints.tryingAgain(e.inBrief()));
            }
            return new RunTarget(endpoint, Billing.ASSUMED, null, mayPass);
        }
    }

    /** Who hears of a first failure from here on: nobody, if it was told already. */
    ProgressListener withoutToldFailure(ProgressListener listener) {
        return failureTold
                ? event -> {
                    if (!(event instanceof RunEvent.Retrying)) {
                        listener.on(event);
                    }
                }
                : listener;
    }

    /** As above. */
    Consumer<String> notesOfRetries(Consumer<String> notes) {
        return failureTold ? _ -> {} : reason -> notes.accept(Endpoints.tryingAgain(reason));
    }

    /** Whether somebody pays. */
    boolean charges() {
        return billing.charges();
    }

    /** Whether a simulator answers, here or at a server that says so. */
    boolean simulated() {
        return billing == Billing.SIMULATED;
    }

    /** Where it is, in words. */
    String where() {
        if (simulator != null) {
            return "the built-in simulator";
        }
        return (simulated() ? "the simulator at " : "") + endpoint.base();
    }

    /** A plan for it, in words. */
    PlanText planText(PipelineDefinition pipeline, Style style) {
        return new PlanText(pipeline, where(), style);
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
