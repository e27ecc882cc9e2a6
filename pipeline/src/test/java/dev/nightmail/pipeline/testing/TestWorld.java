package dev.nightmail.pipeline.testing;

import dev.nightmail.pipeline.client.ClientLimits;
import dev.nightmail.pipeline.client.Pause;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.run.RunEnvironment;
import dev.nightmail.pipeline.run.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/** Time that moves only when somebody waits, and chance from a seed. */
public final class TestWorld {

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final Random random;

    public TestWorld(long seed) {
        random = new Random(seed);
    }

    public InstantSource clock() {
        return now::get;
    }

    public Pause pause() {
        return duration -> now.updateAndGet(instant -> instant.plus(duration));
    }

    public Random random() {
        return random;
    }

    /** Small groups, so that a handful of records makes several of everything. */
    public RunEnvironment environment(int batchRequestsMax) {
        return environment(batchRequestsMax, 200_000_000);
    }

    /** The same with smaller batches still. */
    public RunEnvironment environment(int batchRequestsMax, long batchBytesMax) {
        return new RunEnvironment(
                clock(),
                pause(),
                random,
                PriceList.shipped(),
                new RunLimits(
                        batchRequestsMax,
                        batchBytesMax,
                        16,
                        7,
                        5,
                        RunLimits.DEFAULT.lookAgainAfter(),
                        Duration.ofMinutes(5),
                        Duration.ofHours(1),
                        4,
                        RunLimits.DEFAULT.sendWhileReadingAfter(),
                        3),
                clientLimits());
    }

    public static ClientLimits clientLimits() {
        return new ClientLimits(
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                3,
                Duration.ofMillis(10),
                Duration.ofMillis(50));
    }
}
