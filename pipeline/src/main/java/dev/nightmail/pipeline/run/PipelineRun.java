package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.answer.AnswerCheck;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.cost.PriceFile;
import dev.nightmail.pipeline.definition.CsvCells;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.definition.SinkDefinition;
import dev.nightmail.pipeline.definition.SourceDefinition;
import dev.nightmail.pipeline.prompt.RequestTemplate;
import dev.nightmail.pipeline.source.Reading;
import dev.nightmail.pipeline.source.RecordSource;
import dev.nightmail.pipeline.state.PipelineState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.function.Consumer;

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

    private PipelineRun(
            PipelineDefinition pipeline, Endpoint endpoint, RunEnvironment environment) {
        this.pipeline = pipeline;
        this.endpoint = endpoint;
        this.environment = environment;
        this.template = new RequestTemplate(pipeline);
        this.check = new AnswerCheck(pipeline.output());
    }

    /**
     * Checks what can be checked without reading records or calling anybody.
     *
     * @throws dev.nightmail.pipeline.prompt.PromptException if the template is not a valid one
     * @throws dev.nightmail.pipeline.answer.InvalidSchemaException if the schema is not a valid one
     * @throws RunException if there is a budget and the model's price is not known
     */
    public static PipelineRun of(
            PipelineDefinition pipeline, Endpoint endpoint, RunEnvironment around) {
        var environment =
                pipeline.prices() == null ? around : withOwnPrices(pipeline.prices(), around);
        if (pipeline.budget() != null && environment.prices().of(pipeline.model()).isEmpty()) {
            throw new RunException(
                    "budget: no price is known for "
                            + pipeline.model()
                            + " (prices of "
                            + environment.prices().date()
                            + "), so a budget cannot be kept: remove budget, choose a model with a price, or name a file that has one with prices",
                    null);
        }
        return new PipelineRun(pipeline, endpoint, environment);
    }

    private static RunEnvironment withOwnPrices(Path file, RunEnvironment environment) {
        var today = environment.clock().instant().atZone(ZoneOffset.UTC).toLocalDate();
        return environment.withPrices(PriceFile.read(file, today));
    }

    /**
     * Reads the source, renders every prompt, and says what a run would send and cost. Sends
     * nothing that costs, and leaves the state as it is.
     *
     * @throws dev.nightmail.pipeline.source.SourceException if the source cannot be read
     * @throws dev.nightmail.pipeline.state.StateException if another run is under way
     */
    public Preview preview(RunOptions options) throws InterruptedException {
        return preview(options, _ -> {});
    }

    /**
     * The same.
     *
     * @param retrying told why, when a call to the endpoint is about to be repeated for the first
     *     time
     */
    public Preview preview(RunOptions options, Consumer<String> retrying)
            throws InterruptedException {
        refuseSourceAsOutput(options);
        var file = pipeline.stateFile();
        try (var client = client(retrying);
                var state =
                        Files.exists(file) ? PipelineState.open(file) : PipelineState.scratch()) {
            return state.undone(() -> {
                var planned = planner(state, _ -> {}).plan(options);
                return forecaster(state, client).forecast(planned, true).preview();
            });
        }
    }

    /**
     * Runs to the end: until every record has an answer or is set aside, or the run must stop.
     *
     * @throws RunException if it cannot go on
     * @throws dev.nightmail.pipeline.client.EndpointException if the endpoint refuses, or stays
     *     silent for longer than {@link RunLimits#patience}
     */
    public RunSummary run(RunOptions options, ProgressListener listener)
            throws InterruptedException {
        refuseSourceAsOutput(options);
        try (var client = client(reason -> listener.on(new RunEvent.Retrying(reason)));
                var state = PipelineState.open(pipeline.stateFile())) {
            var files = new OutputFiles(pipeline, state, options.overwrite());
            var pace = endpoint.isAnthropic() ? PollPace.HOSTED : PollPace.LOCAL;
            var applier = new ResultApplier(pipeline, environment.prices(), check, state.batches());
            var collector =
                    new Collector(
                            client,
                            state,
                            applier,
                            environment.limits(),
                            pipeline.retry().missing(),
                            environment.clock(),
                            listener);
            var finder = new BatchFinder(client, state, environment, pace);
            var submitter = new Submitter(client, state, finder, environment, listener);
            return new Execution(
                            pipeline,
                            environment,
                            state,
                            planner(state, listener),
                            forecaster(state, client),
                            new Sender(pipeline, endpoint, environment, state, submitter, listener),
                            new Poller(client, state, collector, environment, pace, listener),
                            new Output(pipeline, sink(options), state, files, listener),
                            listener)
                    .run(options);
        }
    }

    private BatchesClient client(Consumer<String> retrying) {
        return new BatchesClient(
                endpoint,
                environment.clientLimits(),
                environment.clock(),
                environment.pause(),
                environment.random(),
                retrying);
    }

    private Planner planner(PipelineState state, ProgressListener listener) {
        var source = RecordSource.of(pipeline, reading(state, listener));
        return new Planner(
                source, template, endpoint, pipeline.terms(), state, environment, listener);
    }

    /** How the source is read: as its author says, else as the state's release did. */
    private Reading reading(PipelineState state, ProgressListener listener) {
        if (!(pipeline.source() instanceof SourceDefinition.Sql(var _, var csv))) {
            return Reading.TEXT;
        }
        if (csv != null) {
            state.inTransaction(state::readAsNew);
            return csv == CsvCells.TEXT ? Reading.TEXT : Reading.TYPED;
        }
        if (!state.readsAsBefore()) {
            return Reading.TEXT;
        }
        listener.on(
                new RunEvent.Noted(
                        "the source is read as by the release that made this pipeline's state, so that nothing is asked twice; \"csv: text\" under source reads cells as they stand, and asks anew what that changes"));
        return Reading.EARLIER;
    }

    private SinkDefinition sink(RunOptions options) {
        return options.limit() == null ? pipeline.sink() : pipeline.sink().sample();
    }

    /**
     * @throws dev.nightmail.pipeline.definition.DefinitionException if the source reads what the
     *     run would write
     */
    private void refuseSourceAsOutput(RunOptions options) {
        var conflicts = RecordSource.of(pipeline, Reading.TEXT).conflicts(sink(options).files());
        if (!conflicts.isEmpty()) {
            throw pipeline.refused(conflicts);
        }
    }

    private Forecaster forecaster(PipelineState state, BatchesClient client) {
        return new Forecaster(pipeline, template, state, client, environment);
    }
}
