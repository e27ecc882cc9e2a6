package dev.nightmail.pipeline;

import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.ModelSeen;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.RunEnvironment;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's requests go, as the program says.
 *
 * @param base null: Claude
 * @param key null: none
 */
record EndpointChoice(@Nullable URI base, @Nullable Secret key) {

    private static final URI CLAUDE = URI.create("https://api.anthropic.com");

    /** A server without keys takes any, as long as it is there. */
    private static final String ANY_KEY = "local";

    static final EndpointChoice NONE = new EndpointChoice(null, null);

    /**
     * @throws PipelineException if something is missing
     */
    Endpoint endpoint() {
        if (base == null && key == null) {
            throw missing(
                    "there is nobody to ask: give withApiKey(…) for Claude, or withEndpoint(…) for another server of the Message Batches API, such as the one \"nightmail serve\" starts at http://127.0.0.1:8787");
        }
        if (base == null) {
            return at(CLAUDE);
        }
        return at(base);
    }

    private Endpoint at(URI place) {
        if (key != null) {
            return Endpoint.at(place, key);
        }
        if (isLoopback(place)) {
            return Endpoint.at(place, new Secret(ANY_KEY));
        }
        throw missing("the endpoint " + place + " needs a key: give withApiKey(…)");
    }

    private static PipelineException missing(String what) {
        return new PipelineException(PipelineException.Kind.ENDPOINT, what);
    }

    private static boolean isLoopback(URI place) {
        var host = String.valueOf(place.getHost()).toLowerCase(Locale.ROOT);
        return host.equals("localhost")
                || host.equals("[::1]")
                || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    /**
     * The same, known as a simulator if it says that it is one: made-up answers are never taken for
     * those of whoever is behind the same address later. An endpoint that does not say is taken as
     * it is, and the run tells what is wrong there.
     */
    Endpoint endpointFor(PipelineDefinition pipeline, RunEnvironment environment)
            throws InterruptedException {
        var endpoint = endpoint();
        if (endpoint.isAnthropic()) {
            return endpoint;
        }
        try (var client =
                new BatchesClient(
                        endpoint,
                        environment.clientLimits().withoutRetries(),
                        environment.clock(),
                        environment.pause(),
                        environment.random())) {
            return client.model(pipeline.model(), pipeline.terms())
                            .map(ModelSeen::simulated)
                            .orElse(false)
                    ? Endpoint.simulator(endpoint.base(), endpoint.key())
                    : endpoint;
        } catch (EndpointException _) {
            return endpoint;
        }
    }
}
