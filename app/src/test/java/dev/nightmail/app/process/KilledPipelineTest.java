package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline killed at random moments of its life, over and over, while its server and its database
 * go on. Some records are refused, some fail or expire once and are sent again, some are asked
 * again. {@code -Dnightmail.kill.rounds=…} kills more often, {@code -Dnightmail.kill.seed=…} tries
 * a failure again, and {@code -Dnightmail.kill.round=…} only one round of it.
 */
class KilledPipelineTest {

    private static final int ROUNDS = Integer.getInteger("nightmail.kill.rounds", 30);
    private static final int ONLY_ROUND = Integer.getInteger("nightmail.kill.round", -1);
    private static final long SEED =
            Long.getLong("nightmail.kill.seed", new Random().nextInt() & 0xFFFFFFFFL);

    /** A life mostly waits: for batches, and for its next start. */
    private static final int ROUNDS_AT_ONCE = 2;

    private static EmbeddedPostgres postgres;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    /** What a life took and left behind. */
    private record Outcome(Duration took, List<Duration> killedAt, TicketsLeft left) {}

    @Test
    void everyRecordIsPaidForOnceAndIsInTheTableOnce(TestReporter reporter) throws Exception {
        var undisturbed =
                new EnumMap<TicketsPipeline.Manner, Outcome>(TicketsPipeline.Manner.class);
        for (var manner : TicketsPipeline.Manner.values()) {
            var outcome =
                    live("undisturbed-" + manner, TicketsPipeline.Source.SQL, manner, Kills.none());
            outcome.left().assertNothingIsMissing();
            undisturbed.put(manner, outcome);
        }
        assertThat(Set.copyOf(undisturbed.values().stream().map(Outcome::left).toList()))
                .as("whether a run waits or not, the outcome is the same")
                .hasSize(1);

        var rounds = new ArrayList<Callable<Void>>();
        for (int number = 0; number < ROUNDS; number++) {
            int round = number;
            if (ONLY_ROUND < 0 || ONLY_ROUND == round) {
                rounds.add(() -> round(round, undisturbed, reporter));
            }
        }
        runAll(rounds);
    }

    private Void round(
            int round, Map<TicketsPipeline.Manner, Outcome> undisturbed, TestReporter reporter)
            throws Exception {
        var sources = TicketsPipeline.Source.values();
        var manners = TicketsPipeline.Manner.values();
        var source = sources[round % sources.length];
        var manner = manners[round / sources.length % manners.length];
        var expected = Objects.requireNonNull(undisturbed.get(manner));
        var name = "round-" + round;
        var what = "seed %d, round %d, %s, %s".formatted(SEED, round, source, manner);
        try {
            // The first kills of all rounds are spread over the whole of a life.
            var kills =
                    Kills.of(new Random(SEED + round), expected.took(), (double) round / ROUNDS);
            var outcome = live(name, source, manner, kills);
            reporter.publishEntry(
                    what, "killed at %s, took %s".formatted(outcome.killedAt(), outcome.took()));
            assertThat(outcome.left())
                    .as("%s: killed at %s", what, outcome.killedAt())
                    .isEqualTo(expected.left());
            return null;
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
    }

    private Outcome live(
            String name, TicketsPipeline.Source source, TicketsPipeline.Manner manner, Kills kills)
            throws IOException, SQLException {
        var home = Files.createDirectory(folder.resolve(name));
        var database = TicketsDatabase.create(postgres, name);
        var pipeline = TicketsPipeline.write(home, source, database);
        try (var server = server(home.resolve("data"));
                var caller = new BatchesCaller(server)) {
            kills.begin();
            for (var step : manner.steps()) {
                pipeline.grow(step.tickets());
                pipeline.takeStep(step, server.baseUri(), kills);
            }
            var took = kills.sinceBegin();
            AnsweredOnce.assertNoRequestWasSentTwice(caller);
            return new Outcome(took, kills.moments(), pipeline.left());
        }
    }

    /** What fails once is told to its client, who has to send it again. */
    private static ForkedNightmail server(Path data) {
        return ForkedNightmail.serve(
                data,
                "--upstream",
                "simulator",
                "--set",
                "retries.attempts-max=1",
                "--set",
                "limits.window=1s",
                "--set",
                "limits.retention=1h");
    }

    /** A failure is told when all have ended: none may run on while its folder is removed. */
    private static void runAll(List<Callable<Void>> rounds) throws InterruptedException {
        try (var workers = Executors.newFixedThreadPool(ROUNDS_AT_ONCE)) {
            var failures = new ArrayList<Throwable>();
            for (var done : workers.invokeAll(rounds)) {
                try {
                    done.get();
                } catch (ExecutionException e) {
                    failures.add(e.getCause());
                }
            }
            if (!failures.isEmpty()) {
                var all = new AssertionError(failures.size() + " rounds failed");
                failures.forEach(all::addSuppressed);
                throw all;
            }
        }
    }
}
