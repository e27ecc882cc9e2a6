package dev.nightmail.bench.pipeline;

import dev.nightmail.bench.http.BatchApi;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.process.Child;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run of a pipeline, as its own events tell of it.
 *
 * @param startedAt by the clock of {@link System#nanoTime}
 */
record PipelineRun(Child process, long startedAt) {

    /** Without an event: a program that is slow may plan millions of records meanwhile. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /**
     * @param after the start of the process
     */
    record Event(String name, JsonNode json, Duration after) {
        boolean is(String wanted) {
            return name.equals(wanted);
        }
    }

    /**
     * @param took from the start of the process to its end
     * @param batches it submitted
     * @param submittedBytes of their bodies
     */
    record Ended(Duration took, List<String> batches, long submittedBytes) {
        void deleteBatches(BatchApi api) throws InterruptedException {
            for (var batch : batches) {
                api.delete(batch);
            }
        }
    }

    /** The next event; none once the process is about to end. */
    Optional<Event> next() throws InterruptedException {
        for (var line = process.nextLine(PATIENCE);
                line.isPresent();
                line = process.nextLine(PATIENCE)) {
            if (line.get().startsWith("{")) {
                var json = JsonMapper.shared().readTree(line.get());
                return Optional.of(new Event(json.path("event").asString(), json, passed()));
            }
        }
        return Optional.empty();
    }

    /**
     * @throws BenchmarkFailure if the process ends without it
     */
    Event await(String name) throws InterruptedException {
        for (var event = next(); event.isPresent(); event = next()) {
            if (event.get().is(name)) {
                return event.get();
            }
        }
        process.requireExit(0, PATIENCE);
        throw new BenchmarkFailure("the pipeline ended without the event " + name);
    }

    /**
     * Waits for its end.
     *
     * @throws BenchmarkFailure if that is no success
     */
    Ended end() throws InterruptedException {
        var batches = new ArrayList<String>();
        long bytes = 0;
        for (var event = next(); event.isPresent(); event = next()) {
            var json = event.get().json();
            if (event.get().is("batch_submitted")) {
                batches.add(json.path("batch_id").asString());
            } else if (event.get().is("batch_intended")) {
                bytes += json.path("bytes").asLong();
            }
        }
        process.requireExit(0, PATIENCE);
        return new Ended(passed(), List.copyOf(batches), bytes);
    }

    Duration passed() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
