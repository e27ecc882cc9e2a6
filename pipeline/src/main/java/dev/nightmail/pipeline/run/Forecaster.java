package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.ModelSeen;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.cost.CacheMinimum;
import dev.nightmail.pipeline.cost.CacheTtl;
import dev.nightmail.pipeline.cost.CostEstimate;
import dev.nightmail.pipeline.cost.Estimator;
import dev.nightmail.pipeline.cost.Tariff;
import dev.nightmail.pipeline.cost.TokenEstimate;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.prompt.RequestTemplate;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.RecordCounts;
import dev.nightmail.pipeline.state.StoredBatch;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says what a plan will take: its estimate rests on what the endpoint counts and on the answers so
 * far.
 */
final class Forecaster {

    /**
     * What counts as input; {@code max_tokens} and sampling settings do not, and are refused by the
     * counting endpoint.
     */
    private static final List<String> COUNTED =
            List.of(
                    "model",
                    "messages",
                    "system",
                    "tools",
                    "tool_choice",
                    "thinking",
                    "output_config",
                    "cache_control");

    /** No model is known to write more without a beta (wire contract, section 8). */
    private static final int OUTPUT_TOKENS_OF_ANY = 128_000;

    /** Enough places to see what is wrong with a source; all of them are in the failed file. */
    static final int PLACES_TOLD = 3;

    private final PipelineDefinition pipeline;
    private final RequestTemplate template;
    private final PipelineState state;
    private final BatchesApi client;
    private final RunEnvironment environment;

    private Tariff tariff;

    /** The most the model reads; null if the endpoint does not say. */
    private @Nullable Integer inputTokensMax;

    private @Nullable Double tokensPerByte;

    /** Why nothing is cached that is marked; empty if it is, or nothing is marked. */
    private String uncached = "";

    /** What the endpoint says of its billing, if that is no word known here. */
    private @Nullable String strangeBilling;

    Forecaster(
            PipelineDefinition pipeline,
            RequestTemplate template,
            PipelineState state,
            BatchesApi client,
            RunEnvironment environment) {
        this.pipeline = pipeline;
        this.template = template;
        this.state = state;
        this.client = client;
        this.environment = environment;
        this.tariff =
                new Tariff(
                        Books.billing(state, client.endpoint()),
                        pipeline.model(),
                        environment.prices());
    }

    /** What the endpoint says of the model, and whether it can be reached, as far as is known. */
    private record Heard(Optional<ModelSeen> model, boolean isThere) {}

    /**
     * Asks the free calls what requests like these take.
     *
     * @param sample some of those that are to be sent; empty if none is
     * @param evenOffline whether length will do for an endpoint that cannot be reached; who means
     *     to send would rather know
     * @throws RunException if they would all be refused
     */
    Estimator estimator(List<byte[]> sample, boolean evenOffline) throws InterruptedException {
        var heard = sample.isEmpty() ? null : hear(evenOffline);
        judge(heard);
        if (heard != null) {
            refuseTooLongAnswers(heard.model());
        }
        var counted =
                heard == null || heard.isThere() ? tokensPerByte(few(sample), evenOffline) : null;
        tokensPerByte = counted;
        inputTokensMax =
                heard == null ? null : heard.model().map(ModelSeen::inputTokensMax).orElse(null);
        return new Estimator(
                new Estimator.Basis(
                        tariff.billing(),
                        tariff.price().orElse(null),
                        pipeline.maxTokens(),
                        template.systemBytes(),
                        cache(counted),
                        state.batches()
                                .meanOutputTokens(pipeline.model(), client.endpoint().identity())
                                .orElse(null),
                        counted));
    }

    /** Null where nothing is marked, or so little that nothing comes of it, which is noted. */
    private @Nullable CacheTtl cache(@Nullable Double counted) {
        var system = pipeline.system();
        if (system == null || system.cache() == null) {
            return null;
        }
        long tokens =
                counted == null
                        ? TokenEstimate.ofBytes(template.systemBytes()).likely()
                        : (long) (template.systemBytes() * counted);
        if (CacheMinimum.admits(pipeline.model(), tokens)) {
            return system.cache();
        }
        uncached =
                "; system.cache does nothing, since %s caches prompts of %,d tokens and more, and system has about %,d"
                        .formatted(
                                pipeline.model(),
                                CacheMinimum.of(pipeline.model()).orElseThrow(),
                                tokens);
        return null;
    }

    /** What answers cost; known once an estimator was asked for. */
    Tariff tariff() {
        return tariff;
    }

    /**
     * Decides what answers cost.
     *
     * @param heard null if nothing is to be sent, so that nobody is asked
     * @throws RunException if there is a budget, and no price to keep it by
     */
    private void judge(@Nullable Heard heard) {
        var endpoint = client.endpoint();
        var billing =
                heard == null
                        ? Books.billing(state, endpoint)
                        : ModelSeen.billing(endpoint, heard.model());
        tariff = new Tariff(billing, pipeline.model(), environment.prices());
        strangeBilling = heard == null ? null : strange(heard.model());
        refuseBudgetWithoutPrice(pipeline, tariff);
    }

    private static @Nullable String strange(Optional<ModelSeen> model) {
        return model.flatMap(ModelSeen::strangeBilling).orElse(null);
    }

    /** A budget is kept by prices; where nothing is charged, there is nothing to keep. */
    static void refuseBudgetWithoutPrice(PipelineDefinition pipeline, Tariff tariff) {
        if (pipeline.budget() != null && tariff.isUnpriced()) {
            throw new RunException(
                    "budget: no price is known for "
                            + pipeline.model()
                            + " (prices of "
                            + tariff.prices().date()
                            + "), so a budget cannot be kept: remove budget, choose a model with a price, or name a file that has one with prices",
                    null);
        }
    }

    /** What an estimate rests on, prices included. */
    private CostEstimate explained(CostEstimate estimate) {
        return new CostEstimate(
                estimate.requests(),
                estimate.inputTokens(),
                estimate.outputTokens(),
                estimate.costMicros(),
                estimate.savedMicros(),
                estimate.basis() + uncached + assumed());
    }

    private String assumed() {
        if (!tariff.isAssumed()) {
            return "";
        }
        var told =
                strangeBilling == null
                        ? "the endpoint does not say what it charges"
                        : "the endpoint says it bills \"%s\", which is no word known here"
                                .formatted(strangeBilling);
        return "; " + told + ", so " + tariff.words() + " is assumed";
    }

    /** As many as are counted, at evenly spread places. */
    private List<byte[]> few(List<byte[]> sample) {
        int size = environment.limits().countedSample();
        int step = Math.max(1, sample.size() / size);
        return IntStream.iterate(0, at -> at < sample.size(), at -> at + step)
                .limit(size)
                .mapToObj(sample::get)
                .toList();
    }

    /** What a run of a plan that stands in the state will take. */
    Preview preview(Planner.Planned planned, Estimator estimator) {
        var counts = state.records().counts(planned.plan());
        return preview(
                planned.promptVersion(),
                counts,
                estimator.estimate(counts.outstanding(), bytesToSend(counts.outstanding())),
                planned.sample(),
                new Preview.Unusable(
                        planned.isAllUnusable()
                                ? 0
                                : pipeline.badRecords().allowedOf(planned.records()),
                        state.records().firstUnusable(planned.plan(), PLACES_TOLD)),
                planned.largest());
    }

    /** The requests of prepared batches, and as much for each other one as for those. */
    private long bytesToSend(long outstanding) {
        var prepared = state.batches().prepared(client.endpoint().identity());
        long requests = prepared.stream().mapToLong(StoredBatch::requests).sum();
        long bytes = prepared.stream().mapToLong(StoredBatch::paramsBytes).sum();
        long each = requests == 0 ? template.sent().length + 2L : bytes / requests;
        return bytes + Math.max(0, outstanding - requests) * each;
    }

    /** What a run would take that was only looked at. */
    Preview preview(Planner.Look look, Estimator estimator) {
        var all = look.records() == look.counts().unusable();
        return preview(
                look.promptVersion(),
                look.counts(),
                estimator.estimate(look.counts().outstanding(), look.bytes()),
                look.sample(),
                new Preview.Unusable(
                        all ? 0 : pipeline.badRecords().allowedOf(look.records()),
                        look.firstUnusable()),
                look.largest());
    }

    /** Only what is too long by any reckoning: whoever is told mends the source for it. */
    private List<String> tooLong(List<LargestRequests.Request> largest) {
        var most = inputTokensMax;
        if (most == null) {
            return List.of();
        }
        return largest.stream()
                .filter(request -> tokensAtLeast(request.bytes()) > most)
                .map(request ->
                        "%s: has some %,d tokens, and %s reads %,d: truncate a field, or leave it out"
                                .formatted(
                                        request.recordId(),
                                        tokensAtLeast(request.bytes()),
                                        pipeline.model(),
                                        most))
                .toList();
    }

    private long tokensAtLeast(long bytes) {
        var counted = tokensPerByte;
        return counted == null
                ? TokenEstimate.ofBytes(bytes).low()
                : Math.min(TokenEstimate.ofBytes(bytes).likely(), (long) (bytes * counted));
    }

    private Preview preview(
            PromptVersion version,
            RecordCounts counts,
            CostEstimate estimate,
            Preview.@Nullable RenderedPrompt sample,
            Preview.Unusable unusable,
            List<LargestRequests.Request> largest) {
        var endpoint = client.endpoint().identity();
        return new Preview(
                pipeline.name(),
                pipeline.model(),
                endpoint,
                version,
                counts,
                state.batches().intended(endpoint).stream()
                        .map(batch -> new Preview.InDoubt(batch.number(), batch.requests()))
                        .toList(),
                tariff,
                explained(estimate),
                sample,
                unusable,
                tooLong(largest),
                new Account(environment.prices(), state.batches().spent(endpoint)).chargedMicros());
    }

    /** Asks what the endpoint says of the model. */
    private Heard hear(boolean evenOffline) throws InterruptedException {
        try {
            return new Heard(client.model(pipeline.model(), pipeline.terms()), true);
        } catch (BrokenAnswerException e) {
            refuseUnlessThere(e);
        } catch (UnreachableException e) {
            if (!evenOffline) {
                throw e;
            }
            return new Heard(Optional.empty(), false);
        } catch (EndpointException _) {
            // It does not tell; perhaps it counts.
        }
        return new Heard(Optional.empty(), true);
    }

    /**
     * The free count of tokens does not look at {@code max_tokens}; what is told of the model does.
     */
    private void refuseTooLongAnswers(Optional<ModelSeen> model) {
        if (pipeline.maxTokens() > OUTPUT_TOKENS_OF_ANY && !pipeline.terms().betas().isEmpty()) {
            // Beyond it lies a beta for batches, of which the description of a model says nothing.
            return;
        }
        var most = model.map(ModelSeen::maxTokens).orElse(null);
        if (most != null && pipeline.maxTokens() > most) {
            throw new RunException(
                    "max_tokens: %s writes at most %,d tokens, and %,d are asked for: every request would be refused. Nothing was sent"
                            .formatted(pipeline.model(), most, pipeline.maxTokens()),
                    null);
        }
    }

    /**
     * A page in place of a free call's answer may be a gateway's that passes on batches alone; else
     * whoever answers there would be given every prompt.
     */
    private void refuseUnlessThere(BrokenAnswerException answer) throws InterruptedException {
        if (!answer.isPage()) {
            return;
        }
        try {
            client.list(1, null);
        } catch (EndpointException e) {
            answer.addSuppressed(e);
            throw answer;
        }
    }

    /**
     * Null if the endpoint does not count: then length must do. A key it does not take is told at
     * once: whoever looks at the figures means to send with it.
     */
    private @Nullable Double tokensPerByte(List<byte[]> sample, boolean evenOffline)
            throws InterruptedException {
        long bytes = 0;
        long tokens = 0;
        RefusedException refusal = null;
        try {
            for (var params : sample) {
                try {
                    tokens += client.countTokens(counted(params), pipeline.terms());
                    bytes += params.length;
                } catch (RefusedException e) {
                    if (!isOfRequest(e)) {
                        throw e;
                    }
                    refusal = e;
                }
            }
        } catch (UnreachableException e) {
            if (!evenOffline) {
                throw e;
            }
            return null;
        } catch (RefusedException e) {
            if (e.status() == 401) {
                throw e;
            }
            return null;
        } catch (BrokenAnswerException e) {
            refuseUnlessThere(e);
            return null;
        } catch (EndpointException _) {
            return null;
        }
        if (refusal != null && bytes == 0) {
            throw refusedBeforehand(refusal);
        }
        return bytes == 0 ? null : (double) tokens / bytes;
    }

    /**
     * Whether it speaks of what was to be counted, as it would of the request itself: the model,
     * the schema, a beta. A server that only does not count says so in other words.
     */
    private boolean isOfRequest(RefusedException refusal) {
        return switch (refusal.type()) {
            case "not_found_error" -> namesModel(refusal.apiMessage());
            case "invalid_request_error" -> true;
            default -> false;
        };
    }

    private boolean namesModel(String message) {
        return Pattern.compile("(?<![\\w.-])" + Pattern.quote(pipeline.model()) + "(?![\\w-])")
                .matcher(message)
                .find();
    }

    /**
     * All of a sample was refused: what is sent would be, too, and the batch be paid for nothing.
     */
    private RunException refusedBeforehand(RefusedException refusal) {
        var hint =
                refusal.type().equals("not_found_error")
                        ? "model: the endpoint does not know %s (%s): check the name"
                                .formatted(pipeline.model(), refusal.apiMessage())
                        : "the endpoint refuses such requests (%s): mend the pipeline"
                                .formatted(refusal.apiMessage());
        return new RunException(hint + ". Nothing was sent", refusal);
    }

    private static byte[] counted(byte[] params) {
        var request = (ObjectNode) JsonMapper.shared().readTree(params);
        request.retain(COUNTED);
        return JsonMapper.shared().writeValueAsBytes(request);
    }
}
