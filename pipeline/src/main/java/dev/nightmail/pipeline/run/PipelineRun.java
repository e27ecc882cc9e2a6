package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.AnswerCheck;
import dev.nightmail.pipeline.answer.FailureKind;
import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.cost.PriceFile;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Tariff;
import dev.nightmail.pipeline.decide.PollPace;
import dev.nightmail.pipeline.decide.RetryPolicy;
import dev.nightmail.pipeline.decide.RunTerms;
import dev.nightmail.pipeline.definition.Budget;
import dev.nightmail.pipeline.definition.OutputDefinition;
import dev.nightmail.pipeline.definition.OutputPlaces;
import dev.nightmail.pipeline.definition.Pilot;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.prompt.RequestTemplate;
import dev.nightmail.pipeline.state.PipelineState;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline at an endpoint, ready to be previewed and run.
 *
 * <p>Running it again goes on where it was, after any kind of end: answered records are not sent
 * again, batches under way are waited for, and a batch whose create call got no answer is looked
 * for before it is sent twice (see {@code dev.nightmail.pipeline.state}). Memory holds a group of
 * records, never all of them.
 */
public final class PipelineRun {

    private final PipelineDefinition pipeline;
    private final Endpoint endpoint;
    private final RunEnvironment environment;
    private final RequestTemplate template;
    private final AnswerCheck check;
    private final @Nullable Integer limit;

    private final RunParts parts;
    private final Set<FailureKind> retried;
    private final Checked checked;

    private PipelineRun(
            Checked checked, Endpoint endpoint, RunParts parts, Set<FailureKind> retried) {
        this.checked = checked;
        this.retried = retried;
        this.pipeline = checked.pipeline;
        this.endpoint = endpoint;
        this.parts = parts;
        this.environment = checked.environment;
        this.template = checked.template;
        this.check = checked.check;
        this.limit = checked.limit;
    }

    /** A pipeline in which nothing was found wrong before there was an endpoint for it. */
    public static final class Checked {
        private final PipelineDefinition pipeline;
        private final RunEnvironment environment;
        private final RequestTemplate template;
        private final AnswerCheck check;
        private final @Nullable Integer limit;

        private Checked(
                PipelineDefinition pipeline, RunEnvironment around, @Nullable Integer limit) {
            if (limit != null && limit < 1) {
                throw new IllegalArgumentException("a limit is at least 1, not " + limit);
            }
            this.pipeline = pipeline;
            this.environment = around.withPrices(pricesOf(pipeline, around));
            this.template = new RequestTemplate(pipeline);
            this.check = new AnswerCheck(pipeline.output());
            this.limit = limit;
        }

        /**
         * The pipeline at this endpoint.
         *
         * @throws RunException if there is a budget, the endpoint is known to charge, and the
         *     model's price is not known
         */
        public PipelineRun at(Endpoint endpoint) {
            return at(endpoint, new RealParts(endpoint, environment));
        }

        /** The same with other parts: for a simulation. */
        PipelineRun at(Endpoint endpoint, RunParts parts) {
            endpoint.billing()
                    .ifPresent(billing ->
                            Forecaster.refuseBudgetWithoutPrice(
                                    pipeline,
                                    new Tariff(billing, pipeline.model(), environment.prices())));
            return new PipelineRun(this, endpoint, parts, Set.of());
        }
    }

    /**
     * Checks what can be checked without reading records or calling anybody: template, schema,
     * prices, and that the source reads none of the outputs.
     *
     * @param limit only the first so many records of the source, into the files of a sample; null:
     *     all
     * @throws dev.nightmail.pipeline.prompt.PromptException if the template is not a valid one
     * @throws dev.nightmail.pipeline.answer.InvalidSchemaException if the schema is not a valid one
     * @throws dev.nightmail.pipeline.definition.DefinitionException if the source reads what a run
     *     would write
     * @throws dev.nightmail.pipeline.source.SourceException if that cannot be told
     */
    public static Checked checked(
            PipelineDefinition pipeline, RunEnvironment environment, @Nullable Integer limit) {
        var checked = new Checked(pipeline, environment, limit);
        refuseSourceAsOutput(pipeline, places(pipeline, limit));
        return checked;
    }

    /**
     * The same but for the source: {@link #collect} looks at it itself, since only the last plan
     * says which files are written.
     */
    public static Checked checkedToCollect(
            PipelineDefinition pipeline, RunEnvironment environment) {
        return new Checked(pipeline, environment, null);
    }

    /** All records of a pipeline that is {@link #checked}, at this endpoint. */
    public static PipelineRun of(
            PipelineDefinition pipeline, Endpoint endpoint, RunEnvironment environment) {
        return checked(pipeline, environment, null).at(endpoint);
    }

    /**
     * The same, asking again what was set aside before for one of these reasons, as far as the
     * source gives it.
     */
    public PipelineRun retrying(Set<FailureKind> reasons) {
        return new PipelineRun(checked, endpoint, parts, reasons);
    }

    /** The prices of a pipeline: its own come before the shipped ones. */
    static PriceList pricesOf(PipelineDefinition pipeline, RunEnvironment environment) {
        var file = pipeline.prices();
        if (file == null) {
            return environment.prices();
        }
        var today = environment.clock().instant().atZone(ZoneOffset.UTC).toLocalDate();
        return PriceFile.read(file, today);
    }

    /**
     * Reads the source, renders every prompt, and says what a run would send and cost. Sends
     * nothing that costs, and leaves the state as it is.
     *
     * @throws dev.nightmail.pipeline.source.SourceException if the source cannot be read
     * @throws dev.nightmail.pipeline.state.StateException if another run is under way
     */
    public Preview preview() throws InterruptedException {
        return preview(_ -> {});
    }

    /**
     * The same.
     *
     * @param retrying told why, when a call to the endpoint is about to be repeated for the first
     *     time
     */
    public Preview preview(Consumer<String> retrying) throws InterruptedException {
        try (var client = parts.client(retrying);
                var state =
                        PipelineState.look(pipeline.stateFile())
                                .orElseGet(PipelineState::scratch)) {
            var look = planner(state, _ -> {}).look();
            var forecaster = forecaster(state, client);
            return forecaster.preview(look, forecaster.estimator(look.requestSample(), true));
        }
    }

    /**
     * Runs to the end: until every record has an answer or is set aside, or the run must stop; or,
     * if it is not to wait, until what is due is submitted.
     *
     * @throws RunException if it cannot go on
     * @throws dev.nightmail.pipeline.state.RunUnderWayException if another run is under way
     * @throws dev.nightmail.pipeline.source.EmptySourceException if there are no records
     * @throws dev.nightmail.pipeline.client.EndpointException if the endpoint refuses, or stays
     *     silent for longer than {@link RunLimits#patience}
     */
    public RunSummary run(RunOptions options, ProgressListener listener)
            throws InterruptedException {
        var places = places(pipeline, limit);
        var mode = options.noWait() ? RunTerms.Mode.SUBMIT : RunTerms.Mode.TO_THE_END;
        try (var state = parts.state(pipeline.stateFile());
                var lanes = parts.lanes();
                var client = parts.client(reason -> lanes.tell(new RunEvent.Retrying(reason)));
                var sinks = sinks(places, options.overwrite(), state, lanes::tell)) {
            var execution =
                    execution(
                            mode,
                            places,
                            options.overwrite(),
                            state,
                            lanes,
                            client,
                            sinks,
                            listener);
            try {
                return execution.run(options);
            } finally {
                lanes.stop();
                if (!execution.hasBegun()) {
                    state.discardIfNew();
                }
            }
        }
    }

    private Execution execution(
            RunTerms.Mode mode,
            OutputPlaces places,
            boolean overwrite,
            PipelineState state,
            Lanes lanes,
            BatchesApi client,
            OpenSinks sinks,
            ProgressListener listener) {
        var files = new OutputFiles(pipeline, state, overwrite);
        var finder = new BatchFinder(client, state, environment);
        var pilots = state.pilots(template.version().value(), endpoint.identity());
        var progress = new ProgressCount(client, state, environment, lanes);
        return new Execution(
                pipeline,
                endpoint,
                environment,
                state,
                planner(state, lanes::tell),
                pilots,
                forecaster(state, client),
                new Submitter(client, state, pilots, finder, environment, lanes),
                new Poller(client, state, progress, lanes),
                new Collector(
                        client,
                        state,
                        new ResultApplier(
                                environment.prices(), check, retryPolicy(), environment.clock()),
                        environment.limits(),
                        environment.clock(),
                        lanes),
                new Output(places, sinks, state, files, lanes::tell),
                new Books(pipeline, endpoint, places, environment, state),
                listener,
                lanes,
                terms(mode));
    }

    private RetryPolicy retryPolicy() {
        return new RetryPolicy(
                pipeline.retry().transientMax(),
                pipeline.retry().expiredMax(),
                pipeline.outputIfAny().map(OutputDefinition::reaskMax).orElse(0),
                retried);
    }

    private RunTerms terms(RunTerms.Mode mode) {
        var limits = environment.limits();
        return new RunTerms(
                mode,
                limits.openBatchesMax(),
                pipeline.pilotIfAny().map(Pilot::records).orElse(0),
                pipeline.budgetIfAny().map(Budget::micros).orElse(null),
                pipeline.retry().missing(),
                limits.lookAgainAfter(),
                limits.patience(),
                limits.failedCreatesMax(),
                endpoint.isAnthropic() ? PollPace.HOSTED : PollPace.LOCAL);
    }

    /**
     * Takes what has ended since, and writes it, a sample if the last plan was for one. Submits
     * nothing and does not read the source: what is to be sent again is left to the next run.
     *
     * @param overwrite as for {@link RunOptions}
     * @return empty if the pipeline has no state yet: nothing was ever submitted
     * @throws RunException if it cannot go on
     * @throws dev.nightmail.pipeline.definition.DefinitionException if the source reads what would
     *     be written
     * @throws dev.nightmail.pipeline.state.RunUnderWayException if a run is under way, which
     *     collects itself
     * @throws dev.nightmail.pipeline.client.EndpointException if the endpoint refuses
     */
    public Optional<RunSummary> collect(boolean overwrite, ProgressListener listener)
            throws InterruptedException {
        if (!PipelineState.exists(pipeline.stateFile())) {
            return Optional.empty();
        }
        try (var state = parts.state(pipeline.stateFile())) {
            var planned = state.records().latestPlan();
            if (planned.isEmpty()) {
                return Optional.empty();
            }
            var places = places(pipeline, planned.get().recordLimit());
            refuseSourceAsOutput(pipeline, places);
            try (var lanes = parts.lanes();
                    var client = parts.client(reason -> lanes.tell(new RunEvent.Retrying(reason)));
                    var sinks = sinks(places, overwrite, state, lanes::tell)) {
                var execution =
                        execution(
                                RunTerms.Mode.COLLECT,
                                places,
                                overwrite,
                                state,
                                lanes,
                                client,
                                sinks,
                                listener);
                return Optional.of(execution.collect(planned.get()));
            }
        }
    }

    private Planner planner(PipelineState state, ProgressListener listener) {
        var source =
                pipeline.source()
                        .open(
                                new RunSourceContext(
                                        pipeline, state, environment.streams(), listener));
        return new Planner(
                source,
                template,
                pipeline.model(),
                endpoint,
                pipeline.terms(),
                limit,
                retryPolicy(),
                new KeptFields(pipeline.outputs().kept()),
                pipeline.dedupe(),
                state,
                environment,
                listener);
    }

    private OpenSinks sinks(
            OutputPlaces places,
            boolean overwrite,
            PipelineState state,
            ProgressListener listener) {
        var files = new OutputFiles(pipeline, state, overwrite);
        boolean isSimulated =
                endpoint.identity().equals(Endpoint.SIMULATOR) || state.batches().anySimulated();
        return OpenSinks.of(
                places.sinks(),
                sink ->
                        new RunSinkContext(
                                sink, isSimulated, pipeline, environment, state, files, listener));
    }

    private static OutputPlaces places(PipelineDefinition pipeline, @Nullable Integer limit) {
        return limit == null ? pipeline.outputs() : pipeline.outputs().sample();
    }

    private static void refuseSourceAsOutput(PipelineDefinition pipeline, OutputPlaces places) {
        var conflicts = places.conflicts(pipeline.source());
        if (!conflicts.isEmpty()) {
            throw pipeline.refused(conflicts);
        }
    }

    private Forecaster forecaster(PipelineState state, BatchesApi client) {
        return new Forecaster(pipeline, template, state, client, environment);
    }

    /** The parts that ship. */
    private record RealParts(Endpoint endpoint, RunEnvironment environment) implements RunParts {

        @Override
        public PipelineState state(Path file) {
            return PipelineState.open(file);
        }

        @Override
        public Lanes lanes() {
            return new ThreadLanes(environment.pause(), environment.clock());
        }

        @Override
        public BatchesApi client(Consumer<String> retrying) {
            return new BatchesClient(
                    endpoint,
                    environment.clientLimits(),
                    environment.clock(),
                    environment.pause(),
                    environment.random(),
                    retrying);
        }
    }
}
