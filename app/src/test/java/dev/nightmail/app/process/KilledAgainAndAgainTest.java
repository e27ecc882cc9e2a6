package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server killed at random moments, over and over on the same folder, with a new batch each time:
 * while it takes the batch in, while it runs it, while it ends it. {@code
 * -Dnightmail.kill.rounds=…} kills more often, {@code -Dnightmail.kill.seed=…} tries a failure
 * again.
 */
class KilledAgainAndAgainTest {

    private static final int ROUNDS = Integer.getInteger("nightmail.kill.rounds", 3);
    private static final long SEED =
            Long.getLong("nightmail.kill.seed", new Random().nextInt() & 0xFFFFFFFFL);
    private static final int BATCH_REQUESTS = 3000;

    private final Random random = new Random(SEED);
    private final List<SubmittedBatch> batches = new ArrayList<>();
    private final List<Death> deaths = new ArrayList<>();

    @TempDir private Path data;

    /**
     * How things stood when a server had died.
     *
     * @param calls that had come, by question
     * @param settled questions with a result on disk
     */
    private record Death(Map<Integer, Integer> calls, Set<Integer> settled) {

        /** What was called and has no result, so that it must be called again. */
        long open() {
            return calls.keySet().stream().filter(question -> !settled.contains(question)).count();
        }
    }

    @Test
    void everyResultIsThereOnceAndNothingSettledIsEverCalledAgain(TestReporter reporter)
            throws IOException {
        try (var upstream = new HeldUpstream()) {
            upstream.allowAll();
            for (int round = 0; round < ROUNDS; round++) {
                batches.add(
                        new SubmittedBatch(new Questions(round * BATCH_REQUESTS, BATCH_REQUESTS)));
                killAtARandomMoment(upstream);
            }
            assertAllAnswered(upstream);

            var calls = upstream.calls();
            long repeated = calls.values().stream().mapToLong(count -> count - 1L).sum();
            reporter.publishEntry(
                    "seed %d, %d kills: %d requests, %d calls repeated, most in one kill %d"
                            .formatted(
                                    SEED,
                                    ROUNDS,
                                    calls.size(),
                                    repeated,
                                    deaths.stream().mapToLong(Death::open).max().orElse(0)));
            deaths.forEach(death -> assertNothingSettledWasCalledAfter(death, calls));
            assertThat(repeated)
                    .as("seed %d: calls repeated in %d kills", SEED, ROUNDS)
                    .isLessThanOrEqualTo((long) ROUNDS * HeldUpstream.CALLS_IN_FLIGHT_MAX);
        }
    }

    /** Between no call at all and the last one, when the batch is about to end. */
    private void killAtARandomMoment(HeldUpstream upstream) throws IOException {
        int calls = upstream.callCount() + random.nextInt(outstanding() + 1);
        try (var server = ForkedNightmail.serving(data, upstream)) {
            var creating =
                    Thread.ofVirtual().start(() -> batches.forEach(batch -> batch.create(server)));
            upstream.awaitCalls(calls);
            server.kill();
            join(creating);
        }
        deaths.add(new Death(upstream.calls(), settled()));
    }

    private int outstanding() {
        int settled = deaths.isEmpty() ? 0 : deaths.getLast().settled().size();
        return batches.size() * BATCH_REQUESTS - settled;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The questions whose lines are whole. */
    private Set<Integer> settled() throws IOException {
        var settled = new HashSet<Integer>();
        if (!Files.isDirectory(data.resolve("batches"))) {
            return settled;
        }
        try (var folders = Files.list(data.resolve("batches"))) {
            for (var folder : (Iterable<Path>) folders::iterator) {
                var results = folder.resolve("results.jsonl");
                if (Files.exists(results)) {
                    settled.addAll(Questions.answeredIn(Files.readString(results)));
                }
            }
        }
        return settled;
    }

    private void assertAllAnswered(HeldUpstream upstream) {
        try (var server = ForkedNightmail.serving(data, upstream);
                var caller = new BatchesCaller(server)) {
            for (var batch : batches) {
                var id = batch.create(server);
                var ended = caller.awaitEnded(id.orElseThrow());
                assertThat(ended.path("request_counts"))
                        .isEqualTo(BatchJson.counts(BATCH_REQUESTS));
                batch.questions().assertAllAnswered(caller.results(id.get()));
            }
            assertThat(caller.listed()).as("seed %d: batches", SEED).hasSize(ROUNDS);
        }
    }

    private static void assertNothingSettledWasCalledAfter(
            Death death, Map<Integer, Integer> calls) {
        for (var question : death.settled()) {
            assertThat(calls.get(question))
                    .as("seed %d: calls for question %d", SEED, question)
                    .isEqualTo(death.calls().get(question));
        }
    }
}
