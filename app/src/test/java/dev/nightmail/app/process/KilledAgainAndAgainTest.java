package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server killed at random moments, over and over on the same folder: while it starts, takes a
 * batch in, runs it, cancels it, deletes it. {@code -Dnightmail.kill.rounds=…} kills more often,
 * {@code -Dnightmail.kill.seed=…} tries a failure again.
 */
class KilledAgainAndAgainTest {

    private static final int ROUNDS = Integer.getInteger("nightmail.kill.rounds", 50);
    private static final long SEED =
            Long.getLong("nightmail.kill.seed", new Random().nextInt() & 0xFFFFFFFFL);
    private static final int BATCH_REQUESTS = 300;

    /** A request whose calls die with more than five servers would be given up, as it should be. */
    private static final String[] PATIENT = {"--set", "retries.attempts-max=100"};

    /** What a server is doing when it is killed. */
    private enum Moment {
        STARTING,
        CREATING,
        RUNNING,
        CANCELING,
        DELETING
    }

    private final Random random = new Random(SEED);
    private final List<Life> lives = new ArrayList<>();
    private final List<Death> deaths = new ArrayList<>();
    private final Map<Moment, Integer> moments = new EnumMap<>(Moment.class);

    @TempDir private Path data;

    /** A batch, and what its client was told. */
    private static final class Life {
        private final SubmittedBatch batch;
        private boolean cancelTried;
        private volatile boolean cancelAcknowledged;
        private boolean deleteTried;
        private volatile boolean deleteAcknowledged;

        Life(SubmittedBatch batch) {
            this.batch = batch;
        }
    }

    /**
     * How things stood when a server had died.
     *
     * @param calls that had come, by question
     * @param settled questions with a result on disk
     */
    private record Death(Map<Integer, Integer> calls, Set<Integer> settled) {}

    @Test
    void whatWasAcknowledgedStaysAndNothingSettledIsEverCalledAgain(TestReporter reporter)
            throws IOException {
        try (var upstream = new HeldUpstream()) {
            upstream.allowAll();
            for (int round = 0; round < ROUNDS; round++) {
                var moment = Moment.values()[random.nextInt(Moment.values().length)];
                moments.merge(moment, 1, Integer::sum);
                kill(moment, upstream, round);
                deaths.add(new Death(upstream.calls(), settled()));
            }
            assertAllAreAsTheirClientsWereTold(upstream);

            var calls = upstream.calls();
            long repeated = calls.values().stream().mapToLong(count -> count - 1L).sum();
            reporter.publishEntry(
                    "seed %d, %d kills %s: %d requests, %d calls repeated"
                            .formatted(SEED, ROUNDS, moments, calls.size(), repeated));
            deaths.forEach(death -> assertNothingSettledWasCalledAfter(death, calls));
            assertThat(repeated)
                    .as("seed %d: calls repeated in %d kills", SEED, ROUNDS)
                    .isLessThanOrEqualTo((long) ROUNDS * HeldUpstream.CALLS_IN_FLIGHT_MAX);
        }
    }

    private void kill(Moment moment, HeldUpstream upstream, int round) {
        if (moment == Moment.STARTING) {
            try (var server = ForkedNightmail.starting(data, upstream, PATIENT)) {
                pass(Duration.ofMillis(1500));
                server.kill();
            }
            return;
        }
        try (var server = ForkedNightmail.serving(data, upstream, PATIENT)) {
            var life = life(moment, server, round);
            int calls = upstream.callCount();
            var acting = Thread.ofVirtual().start(() -> act(moment, life, server));
            if (moment == Moment.RUNNING) {
                upstream.awaitCalls(calls + random.nextInt(BATCH_REQUESTS));
            } else {
                pass(Duration.ofMillis(60));
            }
            server.kill();
            join(acting);
        }
    }

    /** A random time, so that the kill strikes anywhere. */
    private void pass(Duration most) {
        LockSupport.parkNanos(random.nextLong(most.toNanos()));
    }

    /** A batch for this moment: one there is if it is to be deleted and one has ended, else new. */
    private Life life(Moment moment, ForkedNightmail server, int round) {
        if (moment == Moment.DELETING) {
            var ended = anEndedOne(server);
            if (ended.isPresent()) {
                return ended.get();
            }
        }
        var life =
                new Life(new SubmittedBatch(new Questions(round * BATCH_REQUESTS, BATCH_REQUESTS)));
        lives.add(life);
        return life;
    }

    private Optional<Life> anEndedOne(ForkedNightmail server) {
        for (var life : lives) {
            var id = life.deleteTried ? Optional.<String>empty() : life.batch.create(server);
            if (id.isPresent()) {
                try (var caller = new BatchesCaller(server)) {
                    caller.awaitEnded(id.get());
                }
                return Optional.of(life);
            }
        }
        return Optional.empty();
    }

    /** What the client does meanwhile; it loses its connection sooner or later. */
    private static void act(Moment moment, Life life, ForkedNightmail server) {
        var id = life.batch.create(server);
        if (id.isEmpty()) {
            return;
        }
        try (var caller = new BatchesCaller(server)) {
            if (moment == Moment.CANCELING) {
                life.cancelTried = true;
                life.cancelAcknowledged = caller.cancel(id.get()) == 200;
            } else if (moment == Moment.DELETING) {
                life.deleteTried = true;
                life.deleteAcknowledged = caller.delete(id.get()) == 200;
            }
        } catch (UncheckedIOException _) {
            // It was not told.
        }
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

    private void assertAllAreAsTheirClientsWereTold(HeldUpstream upstream) {
        try (var server = ForkedNightmail.serving(data, upstream, PATIENT);
                var caller = new BatchesCaller(server)) {
            int left = 0;
            for (var life : lives) {
                if (life.deleteAcknowledged) {
                    assertThat(caller.status(life.batch.create(server).orElseThrow()))
                            .as("seed %d: deleted", SEED)
                            .isEqualTo(404);
                    continue;
                }
                var id = life.batch.create(server).orElseThrow();
                if (life.deleteTried && caller.status(id) == 404) {
                    continue;
                }
                left++;
                assertIsWhole(life, id, caller);
            }
            assertThat(caller.listed()).as("seed %d: batches", SEED).hasSize(left);
        }
    }

    private static void assertIsWhole(Life life, String id, BatchesCaller caller) {
        var ended = caller.awaitEnded(id);
        var results = caller.results(id);
        if (life.cancelAcknowledged) {
            assertThat(ended.path("cancel_initiated_at").isNull()).as("seed %d", SEED).isFalse();
        }
        if (life.cancelTried) {
            assertThat(results).as("seed %d", SEED).hasSize(BATCH_REQUESTS);
            var counts = ended.path("request_counts");
            assertThat(counts.path("succeeded").asInt() + counts.path("canceled").asInt())
                    .as("seed %d", SEED)
                    .isEqualTo(BATCH_REQUESTS);
        } else {
            assertThat(ended.path("request_counts"))
                    .as("seed %d: %s", SEED, withoutAnswer(results))
                    .isEqualTo(BatchJson.counts(BATCH_REQUESTS));
            life.batch.questions().assertAllAnswered(results);
        }
    }

    private static List<String> withoutAnswer(List<String> results) {
        return results.stream().filter(line -> !line.contains("\"succeeded\"")).toList();
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
