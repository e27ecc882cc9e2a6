package dev.nightmail.upstream.simulator.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Limits.OutputCount;
import dev.nightmail.upstream.simulator.service.Prompt.Block;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every service, whoever calls it. */
final class InvariantsTest {

    private static final long REQUESTS_PER_MINUTE = 900;
    private static final long INPUT_PER_MINUTE = 1_500_000;
    private static final long OUTPUT_PER_MINUTE = 150_000;
    private static final Duration BURST = Duration.ofSeconds(10);
    private static final int PLACES = 40;
    private static final long DECODE_PER_SECOND = 3_000;
    private static final long LARGEST_INPUT = 12_000;
    private static final long LARGEST_OUTPUT = 2_000;

    /** A request that was accepted, with the time of its arrival. */
    private record Taken(Instant at, Arrival arrival, Accepted fate) {
        long uncached() {
            return fate.usage().promptTokens() - fate.usage().cacheRead();
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aServiceTakesAndDoesNoMoreThanItCan(long seed) {
        var taken = day(seed);

        assertThat(taken).hasSizeGreaterThan(500);
        assertThat(taken).allSatisfy(InvariantsTest::hasTimesInOrderAndAllTokensBilled);
        assertThat(taken)
                .isSortedAccordingTo(Comparator.comparing(request -> request.fate().beginsAt()));
        assertThat(mostAtOnce(taken)).isEqualTo(PLACES);
        assertWithin(taken, REQUESTS_PER_MINUTE, 1, _ -> 1);
        assertWithin(taken, INPUT_PER_MINUTE, LARGEST_INPUT, Taken::uncached);
        // What is in flight was let in while something was left.
        assertWithin(
                taken,
                OUTPUT_PER_MINUTE,
                PLACES * LARGEST_OUTPUT * 2,
                request -> request.fate().usage().output());
        assertDecodedInTime(taken);
    }

    private static void hasTimesInOrderAndAllTokensBilled(Taken request) {
        var fate = request.fate();
        assertThat(fate.beginsAt()).isAfterOrEqualTo(request.at());
        assertThat(fate.firstTokenAt()).isAfterOrEqualTo(fate.beginsAt());
        assertThat(fate.doneAt()).isAfterOrEqualTo(fate.firstTokenAt());
        assertThat(fate.usage().promptTokens()).isEqualTo(request.arrival().prompt().tokens());
        assertThat(fate.usage().output()).isEqualTo(request.arrival().outputTokens());
    }

    private static int mostAtOnce(List<Taken> taken) {
        int most = 0;
        for (var request : taken) {
            var begins = request.fate().beginsAt();
            int busy = 0;
            for (var other : taken) {
                busy +=
                        !other.fate().beginsAt().isAfter(begins)
                                        && other.fate().doneAt().isAfter(begins)
                                ? 1
                                : 0;
            }
            most = Math.max(most, busy);
        }
        return most;
    }

    /**
     * Between any two arrivals no more is taken than a full bucket and its refill, and a last one.
     */
    private static void assertWithin(
            List<Taken> taken, long perMinute, long largest, ToLongFunction<Taken> amount) {
        for (int first = 0; first < taken.size(); first += 7) {
            long sum = 0;
            for (int last = first; last < taken.size(); last++) {
                sum += amount.applyAsLong(taken.get(last));
                var span = Duration.between(taken.get(first).at(), taken.get(last).at());
                double allowed = perMinute * (BURST.plus(span).toNanos() / 60e9) + largest;
                assertThat((double) sum).isLessThanOrEqualTo(allowed);
            }
        }
    }

    /** All that is done by any time took the machine no longer than it had. */
    private static void assertDecodedInTime(List<Taken> taken) {
        var done = new ArrayList<>(taken);
        done.sort(Comparator.comparing(request -> request.fate().doneAt()));
        var earliest =
                taken.stream()
                        .map(request -> request.fate().firstTokenAt())
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
        long tokens = 0;
        for (var request : done) {
            tokens += request.fate().usage().output();
            var span = Duration.between(earliest, request.fate().doneAt());
            assertThat((double) tokens)
                    .isLessThanOrEqualTo(DECODE_PER_SECOND * (span.toNanos() / 1e9) + 1);
        }
    }

    /** Rushes and lulls of requests, of all sizes, with prefixes in common. */
    private static List<Taken> day(long seed) {
        var random = new SplittableRandom(seed);
        var service = new SimulatedService(config(seed), Scene.START);
        var taken = new ArrayList<Taken>();
        var now = Scene.START;
        for (int i = 0; i < 3000; i++) {
            boolean rush = i / 200 % 2 == 0;
            now = now.plusNanos(random.nextLong(rush ? 20_000_000 : 200_000_000));
            long prefix = 1 + random.nextLong(30);
            long prefixTokens = 1000 + prefix * 300;
            var prompt =
                    Scene.prompt(
                            random.nextLong(LARGEST_INPUT - prefixTokens),
                            new Block(prefix, prefixTokens, CacheTtl.FIVE_MINUTES));
            var arrival =
                    new Arrival(
                            i,
                            WorkspaceId.DEFAULT,
                            Scene.MODEL,
                            prompt,
                            1 + random.nextLong(LARGEST_OUTPUT / 4),
                            LARGEST_OUTPUT);
            if (service.arrive(arrival, now) instanceof Accepted accepted) {
                taken.add(new Taken(now, arrival, accepted));
            }
        }
        return taken;
    }

    private static ServiceConfig config(long seed) {
        return ServiceConfig.INSTANT
                .withSeed(seed)
                .withLimits(
                        Limits.NONE
                                .withRequests(PerMinute.of(REQUESTS_PER_MINUTE))
                                .withInputTokens(PerMinute.of(INPUT_PER_MINUTE))
                                .withOutputTokens(
                                        PerMinute.of(OUTPUT_PER_MINUTE), OutputCount.AS_GENERATED)
                                .withBurst(BURST))
                .withLatency(
                        new Latency(Duration.ofMillis(500), 20_000, Duration.ofMillis(15), 0.4))
                .withCapacity(Capacity.queueing(PLACES).sharing(DECODE_PER_SECOND));
    }
}
