package dev.nightmail.upstream.simulator;

import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.upstream.simulator.service.Arrival;
import dev.nightmail.upstream.simulator.service.SimulatedService;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where requests come to the simulated service: checks them as the real API does, thinks of an
 * answer, and asks the model of the service what becomes of it. Safe for many threads.
 */
final class ServiceDoor {

    private final SimulatorConfig config;
    private final InstantSource clock;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Models models = new Models(json);
    private final ParamsCheck.Rules rules;

    /** Guarded by itself. */
    private final SimulatedService service;

    ServiceDoor(SimulatorConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.rules = new ParamsCheck.Rules(models, config.strict());
        var cache = config.service().cache().withTokensMin(models.cacheableTokensMin());
        this.service = new SimulatedService(config.service().withCache(cache), clock.instant());
    }

    /**
     * @param hash of seed and request, from which all chance comes
     * @param batch whether the request came in a batch
     */
    Visit visit(Call call, long hash, WorkspaceId workspace, boolean batch)
            throws RefusedException {
        var params = parse(call.body().array());
        ParamsCheck.messages(params, call.apiVersion(), batch, rules);
        long tokensMax = Math.min(params.path("max_tokens").longValue(), Arrival.TOKENS_MAX);
        var reply = Composer.compose(params, hash, length(hash, tokensMax));
        var arrival =
                new Arrival(
                        hash,
                        workspace,
                        params.path("model").stringValue(),
                        PromptReader.read(params),
                        reply.usage().output(),
                        tokensMax);
        boolean streamed = params.path("stream").asBoolean(false);
        synchronized (service) {
            // Inside, so that arrivals come in the order of their times; in the service's own
            // microseconds, so that a service that takes no time has nobody wait for the rest of
            // one.
            var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            return new Visit(streamed, reply, now, service.arrive(arrival, now));
        }
    }

    private OptionalLong length(long hash, long tokensMax) {
        var lengths = config.outputLengths();
        return lengths == null
                ? OptionalLong.empty()
                : OptionalLong.of(lengths.draw(config.seed(), hash, tokensMax));
    }

    long countTokens(Call call) throws RefusedException {
        var params = parse(call.body().array());
        ParamsCheck.countTokens(params, call.apiVersion(), rules);
        return PromptReader.read(params).tokens();
    }

    Models models() {
        return models;
    }

    private JsonNode parse(byte[] body) throws RefusedException {
        try {
            return json.readTree(body);
        } catch (JacksonException _) {
            throw RefusedException.invalid("The request body is not valid JSON");
        }
    }
}
