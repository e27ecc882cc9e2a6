package dev.nightmail.pipeline;

import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.Pause;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.run.PipelineRun;
import dev.nightmail.pipeline.run.ProgressListener;
import dev.nightmail.pipeline.run.RunEnvironment;
import dev.nightmail.pipeline.run.RunOptions;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline: records, a prompt about each of them, a model, and where the answers go. It comes
 * from a {@link #builder} or from a {@linkplain #read(Path) file}, and both are checked in the same
 * way.
 *
 * <p>A pipeline keeps what it knows in {@code NAME.state.db} in its folder. Running it again goes
 * on where it was, after any kind of end: no record that has an answer is paid for twice. One run
 * of a pipeline is under way at a time, across all processes.
 *
 * <p>Immutable, and safe to use from many threads. There is nothing to close: a run holds files and
 * connections only while it lasts. An interrupted run stops and loses nothing.
 */
public final class Pipeline {

    private final PipelineDefinition definition;
    private final EndpointChoice endpoint;
    private final @Nullable Integer limit;
    private final boolean overwrite;
    private final RunEnvironment environment;

    private Pipeline(
            PipelineDefinition definition,
            EndpointChoice endpoint,
            @Nullable Integer limit,
            boolean overwrite,
            RunEnvironment environment) {
        this.definition = definition;
        this.endpoint = endpoint;
        this.limit = limit;
        this.overwrite = overwrite;
        this.environment = environment;
    }

    Pipeline(PipelineDefinition definition) {
        this(definition, EndpointChoice.NONE, null, false, environment());
    }

    /** The real world: nothing else in the library looks at the clock or draws a random number. */
    private static RunEnvironment environment() {
        var out = new FileOutputStream(FileDescriptor.out);
        return RunEnvironment.of(InstantSource.system(), Pause.parking(), new SecureRandom())
                .withStreams(new StandardStreams(System.in, false, out));
    }

    /**
     * Begins a pipeline in code.
     *
     * @param folder where relative paths start and where the pipeline keeps its state; files
     *     outside of it are neither read nor written unless {@code allow-outside} is set
     * @param name of the pipeline: letters, digits, dashes and underscores. A pipeline of the same
     *     name in the same folder is the same pipeline, and goes on with its state
     * @return a builder, in which model, prompt, records and a place for the answers are missing
     * @throws IllegalArgumentException if the name is none
     */
    public static PipelineBuilder builder(Path folder, String name) {
        return new PipelineBuilder(folder, name);
    }

    /**
     * Reads a pipeline file. {@code ${NAME}} may not stand in it.
     *
     * @param file such as {@code reviews.yaml}
     * @return the pipeline, without an endpoint
     * @throws PipelineException naming everything that is wrong with it
     */
    public static Pipeline read(Path file) {
        return read(file, Map.of());
    }

    /**
     * Reads a pipeline file.
     *
     * @param file such as {@code reviews.yaml}
     * @param variables what {@code ${NAME}} in the file stands for, such as {@code System.getenv()}
     * @return the pipeline, without an endpoint
     * @throws PipelineException naming everything that is wrong with it
     */
    public static Pipeline read(Path file, Map<String, String> variables) {
        try {
            return new Pipeline(
                    PipelineDefinition.read(
                            file, name -> Optional.ofNullable(variables.get(name))));
        } catch (RuntimeException e) {
            throw PipelineException.of(e);
        }
    }

    /**
     * This pipeline at another server of the Message Batches API than Claude's.
     *
     * @param server scheme, host and any path prefix, such as {@code http://127.0.0.1:8787}
     * @return a pipeline that differs in nothing else
     * @throws IllegalArgumentException if it is no http or https URL
     */
    public Pipeline withEndpoint(URI server) {
        // An address that is none is told here, and not when a run begins.
        var checked = Endpoint.at(server, new Secret("unused")).base();
        return new Pipeline(
                definition,
                new EndpointChoice(checked, endpoint.key()),
                limit,
                overwrite,
                environment);
    }

    /**
     * This pipeline with a key: for Claude, or for the server of {@link #withEndpoint}. A server on
     * this machine may do without.
     *
     * @param key not blank; it is never shown
     * @return a pipeline that differs in nothing else
     */
    public Pipeline withApiKey(String key) {
        return new Pipeline(
                definition,
                new EndpointChoice(endpoint.base(), new Secret(key)),
                limit,
                overwrite,
                environment);
    }

    /**
     * A sample of this pipeline. Its answers go beside the complete ones, and never replace them:
     * of {@code results.csv} into {@code results.sample.csv}.
     *
     * @param records only the first so many, at least 1
     * @return a pipeline that differs in nothing else
     */
    public Pipeline withLimit(int records) {
        if (records < 1) {
            throw new IllegalArgumentException("a limit is at least 1, not " + records);
        }
        return new Pipeline(definition, endpoint, records, overwrite, environment);
    }

    /**
     * This pipeline, which replaces files in the way of its outputs though it did not write them.
     *
     * @return a pipeline that differs in nothing else
     */
    public Pipeline withOverwrite() {
        return new Pipeline(definition, endpoint, limit, true, environment);
    }

    /** This pipeline in another world: for tests. */
    Pipeline in(RunEnvironment world) {
        return new Pipeline(definition, endpoint, limit, overwrite, world);
    }

    /**
     * Reads the source, renders every prompt, and says what a run would send and cost. Sends
     * nothing that costs, and leaves the state as it is.
     *
     * @return an estimate, and no promise
     * @throws PipelineException if the pipeline cannot be run, or its source cannot be read
     * @throws InterruptedException if the thread was interrupted
     */
    public Estimate estimate() throws InterruptedException {
        return doing(() -> ApiValues.estimate(atEndpoint().preview()));
    }

    /**
     * Runs to the end, without telling anything meanwhile. See {@link #run(Consumer)}.
     *
     * @return what it came to
     * @throws PipelineException if it cannot go on
     * @throws InterruptedException if the thread was interrupted: the run has stopped
     */
    public Summary run() throws InterruptedException {
        return run(_ -> {});
    }

    /**
     * Runs to the end: until every record has an answer or is set aside, or the run must stop. Asks
     * nobody before it spends; {@link PipelineBuilder#budgetUsd} bounds what it may, and {@link
     * #estimate} says what it will. This may take as long as a batch takes: a day.
     *
     * @param listener told what happens, in order, by the thread that runs the pipeline, which
     *     waits for it. What it throws ends the run, and is thrown by this method
     * @return what it came to
     * @throws PipelineException if it cannot go on
     * @throws InterruptedException if the thread was interrupted: the run has stopped
     */
    public Summary run(Consumer<? super PipelineEvent> listener) throws InterruptedException {
        return run(false, listener);
    }

    /**
     * Takes what has ended, submits what is due, and leaves; {@link #collect} or another run takes
     * the rest when it is there.
     *
     * @return what it came to: mostly {@link Summary.End#BATCHES_OUT}
     * @throws PipelineException if it cannot go on
     * @throws InterruptedException if the thread was interrupted: the run has stopped
     */
    public Summary submit() throws InterruptedException {
        return run(true, _ -> {});
    }

    private Summary run(boolean noWait, Consumer<? super PipelineEvent> listener)
            throws InterruptedException {
        var confirmation = RunOptions.withoutAsking().confirmation();
        var options = new RunOptions(overwrite, noWait, confirmation);
        return doing(() -> ApiValues.summary(atEndpoint().run(options, telling(listener))));
    }

    /**
     * Takes the answers that are there by now, and writes them. Sends nothing, and does not read
     * the source.
     *
     * @return empty if nothing was ever submitted
     * @throws PipelineException if it cannot go on
     * @throws InterruptedException if the thread was interrupted: it has stopped
     */
    public Optional<Summary> collect() throws InterruptedException {
        return doing(() ->
                PipelineRun.checkedToCollect(definition, environment)
                        .at(endpoint.endpointFor(definition, environment))
                        .collect(overwrite, _ -> {})
                        .map(ApiValues::summary));
    }

    /**
     * A run as a flow of events. Each subscriber starts a run of its own on a thread of its own, so
     * there is one subscriber at a time. The last event is {@link PipelineEvent.Finished}, and then
     * the flow completes; a run that cannot go on ends it with the {@link PipelineException}. A
     * subscriber that requests nothing holds the run up, and loses no event. One that cancels ends
     * the run at its next event; nothing is lost by that either.
     *
     * @return a publisher that does nothing until it is subscribed to
     */
    public Flow.Publisher<PipelineEvent> events() {
        return new RunAsFlow(this);
    }

    private PipelineRun atEndpoint() throws InterruptedException {
        // Who is missing is told before a source is opened.
        endpoint.endpoint();
        var checked = PipelineRun.checked(definition, environment, limit);
        return checked.at(endpoint.endpointFor(definition, environment));
    }

    private static ProgressListener telling(Consumer<? super PipelineEvent> listener) {
        return event -> ApiValues.event(event).ifPresent(listener);
    }

    private interface Doing<T> {
        T now() throws InterruptedException;
    }

    private static <T> T doing(Doing<T> what) throws InterruptedException {
        try {
            return what.now();
        } catch (RuntimeException e) {
            throw PipelineException.of(e);
        }
    }
}
