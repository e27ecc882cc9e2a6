package dev.nightmail.bench.measure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** The times that one thing took, run after run. */
public final class Times {

    private final List<Duration> runs = new ArrayList<>();

    /** Work that is timed. */
    public interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Does it and notes the time, unless it failed. */
    public <T> T time(Work<T> work) throws IOException, InterruptedException {
        long start = System.nanoTime();
        var result = work.run();
        add(Duration.ofNanos(System.nanoTime() - start));
        return result;
    }

    public void add(Duration run) {
        runs.add(run);
    }

    public List<Duration> runs() {
        return Collections.unmodifiableList(runs);
    }

    /** Of an even number the mean of the middle two. */
    public Duration median() {
        var sorted = runs.stream().sorted().toList();
        int middle = sorted.size() / 2;
        if (sorted.isEmpty()) {
            throw new IllegalStateException("nothing was timed");
        }
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
    }

    public double medianSeconds() {
        return seconds(median());
    }

    /** All runs in seconds, in their order. */
    @Override
    public String toString() {
        return runs.stream()
                .map(run -> "%.3f".formatted(seconds(run)))
                .collect(Collectors.joining(" ", "", " s"));
    }

    public static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
