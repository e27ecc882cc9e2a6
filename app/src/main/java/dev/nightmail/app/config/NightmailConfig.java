package dev.nightmail.app.config;

import dev.nightmail.api.server.ApiConfig;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.schedule.UpstreamTerms;
import dev.nightmail.core.schedule.Weights;
import dev.nightmail.core.usage.AnswerBilling;
import dev.nightmail.upstream.http.Secret;
import dev.nightmail.upstream.openai.MaxTokensField;
import dev.nightmail.upstream.simulator.SimulatorConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server is told.
 *
 * @param upstreams at least one
 * @param routes first match; models go to the only upstream where none are given
 * @param weights of the keys of workspaces against each other
 */
public record NightmailConfig(
        Listen listen,
        Path data,
        Limits limits,
        Capacity capacity,
        Retries retries,
        List<UpstreamConfig> upstreams,
        Routes routes,
        Weights weights) {

    public NightmailConfig {
        upstreams = List.copyOf(upstreams);
    }

    /**
     * Whether a model is served by the Chat Completions API only, which takes {@code temperature}
     * and its like whatever the version of the Messages API.
     */
    public boolean takesSampling(String model) {
        return routes.routeFor(model)
                .filter(route ->
                        upstreams.stream()
                                .filter(upstream -> route.upstreams().contains(upstream.name()))
                                .allMatch(UpstreamConfig.OpenAi.class::isInstance))
                .isPresent();
    }

    /**
     * What its answers to a batch are billed at: the dearest of those that may give them, since any
     * may. Empty if nobody serves the model.
     */
    public Optional<AnswerBilling> billing(String model) {
        return routes.routeFor(model)
                .flatMap(route ->
                        upstreams.stream()
                                .filter(upstream -> route.upstreams().contains(upstream.name()))
                                .map(UpstreamConfig::billing)
                                .max(Comparator.naturalOrder()));
    }

    /**
     * @param port 0 for any free one
     * @param publicUrl by which clients reach the server, if not by what their calls say
     * @param access by which names, and by whom
     */
    public record Listen(String host, int port, @Nullable URI publicUrl, ApiConfig.Access access) {}

    /**
     * @param window from creation to expiry of a batch
     * @param retention from creation until the results are archived; not shorter than the window
     * @param callTimeout of one attempt
     * @param stopTimeout for calls in flight when the server is stopped
     * @param interactiveRetry for which an interactive call is tried again where batches have taken
     *     the room at its upstream
     */
    public record Limits(
            int batchRequests,
            long batchBytes,
            Duration window,
            Duration retention,
            Duration callTimeout,
            Duration stopTimeout,
            Duration interactiveRetry) {}

    /**
     * What clients and upstreams may use up of this machine.
     *
     * @param bodyMemoryBytes for bodies of calls, and for requests while they are out
     * @param answerMemoryBytes for answers of upstreams
     * @param memoryWait how long a call waits for memory that others hold
     * @param connections of clients, open at once
     * @param connectionsPerAddress the same from one address
     */
    public record Capacity(
            long bodyMemoryBytes,
            long answerMemoryBytes,
            Duration memoryWait,
            int connections,
            int connectionsPerAddress) {}

    /**
     * @param attemptsMax tries of one request that may have cost something
     * @param delayMin before the second; it doubles from there
     */
    public record Retries(int attemptsMax, Duration delayMin, Duration delayMax) {}

    /** A service that answers requests. */
    public sealed interface UpstreamConfig {
        String name();

        int callsInFlightMax();

        /** What its answers to a batch are billed at. */
        AnswerBilling billing();

        /** How the scheduler may use it. */
        default UpstreamTerms terms() {
            return UpstreamTerms.calls(callsInFlightMax());
        }

        /**
         * Speaks the Messages API.
         *
         * @param marksShared whether what all requests of a batch begin with is marked for its
         *     cache, where none marks anything
         * @param relays null if it is sent a call for each request
         * @param free whether its answers are billed to nobody
         */
        record Anthropic(
                String name,
                int callsInFlightMax,
                URI url,
                @Nullable Secret apiKey,
                boolean marksShared,
                @Nullable RelayConfig relays,
                boolean free)
                implements UpstreamConfig {
            @Override
            public AnswerBilling billing() {
                if (relays != null) {
                    return AnswerBilling.BATCH;
                }
                return free ? AnswerBilling.FREE : AnswerBilling.STANDARD;
            }

            @Override
            public UpstreamTerms terms() {
                var terms = UpstreamTerms.calls(callsInFlightMax);
                return marksShared ? terms.markingShared() : terms;
            }
        }

        /**
         * Speaks the Chat Completions API.
         *
         * @param free whether its answers are billed to nobody
         */
        record OpenAi(
                String name,
                int callsInFlightMax,
                URI url,
                @Nullable Secret apiKey,
                MaxTokensField maxTokensField,
                boolean free)
                implements UpstreamConfig {
            @Override
            public AnswerBilling billing() {
                return free ? AnswerBilling.FREE : AnswerBilling.STANDARD;
            }

            @Override
            public UpstreamTerms terms() {
                return UpstreamTerms.calls(callsInFlightMax).cachingUnasked();
            }
        }

        /** Built in. */
        record Simulator(int callsInFlightMax, SimulatorConfig config) implements UpstreamConfig {
            @Override
            public String name() {
                return config.name();
            }

            @Override
            public AnswerBilling billing() {
                return AnswerBilling.SIMULATED;
            }
        }
    }

    /**
     * How requests travel to an upstream in batches of its own.
     *
     * @param requestsMax in one batch of the upstream
     * @param bytesMax of the body of one
     * @param relaysMax batches at the upstream at once
     * @param queuedMax requests at the upstream at once
     * @param linger for others to travel with
     * @param pollMin between the first looks at one; it doubles from there
     * @param settling for which one is searched for whose create got no answer
     * @param deletesCollected whether the upstream's copy is deleted once all of it is here
     */
    public record RelayConfig(
            int requestsMax,
            long bytesMax,
            int relaysMax,
            int queuedMax,
            Duration linger,
            Duration pollMin,
            Duration pollMax,
            Duration settling,
            boolean deletesCollected) {}

    /** Whether every answer is simulated. */
    public boolean isSimulated() {
        return upstreams.stream().allMatch(UpstreamConfig.Simulator.class::isInstance);
    }
}
