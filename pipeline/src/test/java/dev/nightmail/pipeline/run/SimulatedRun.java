package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.simulation.Life;
import dev.nightmail.pipeline.state.PipelineState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run whose endpoint, lanes and storage are those of a simulation. */
public final class SimulatedRun {

    private final PipelineRun run;

    public SimulatedRun(
            PipelineDefinition pipeline,
            RunEnvironment environment,
            Endpoint endpoint,
            Life life,
            Function<Path, PipelineState> states,
            BatchesApi client) {
        this.run =
                PipelineRun.checked(pipeline, environment, null)
                        .at(endpoint, new Parts(life, states, client));
    }

    public RunSummary run(RunOptions options, ProgressListener listener)
            throws InterruptedException {
        return run.run(options, listener);
    }

    public Optional<RunSummary> collect(ProgressListener listener) throws InterruptedException {
        return run.collect(false, listener);
    }

    private record Parts(Life life, Function<Path, PipelineState> states, BatchesApi client)
            implements RunParts {

        @Override
        public PipelineState state(Path file) {
            return states.apply(file);
        }

        @Override
        public Lanes lanes() {
            return new SimulatedLanes(life);
        }

        @Override
        public BatchesApi client(Consumer<String> retrying) {
            return client;
        }
    }

    /** Lanes in which one thing goes on at a time, and the seed says which. */
    private static final class SimulatedLanes implements Lanes {
        private final Life life;
        private final Deque<Message> messages = new ArrayDeque<>();

        SimulatedLanes(Life life) {
            this.life = life;
        }

        @Override
        public void start(Work work) {
            life.start(
                    work::run,
                    failure ->
                            messages.add(
                                    failure == null
                                            ? new Message.Done(() -> {})
                                            : new Message.Failed(failure)));
        }

        @Override
        public void add(Message message) {
            messages.add(message);
        }

        @Override
        public @Nullable Message there() {
            return messages.poll();
        }

        @Override
        public @Nullable Message next(@Nullable Instant wake) throws InterruptedException {
            while (true) {
                switch (life.next(!messages.isEmpty(), wake)) {
                    case MESSAGE -> {
                        return messages.remove();
                    }
                    case WOKE -> {
                        return null;
                    }
                    case RAN -> {}
                }
            }
        }

        @Override
        public void stop() {
            life.stop();
        }
    }
}
