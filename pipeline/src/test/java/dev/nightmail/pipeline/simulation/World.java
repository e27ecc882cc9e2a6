package dev.nightmail.pipeline.simulation;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.ClientLimits;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.definition.BadRecords;
import dev.nightmail.pipeline.definition.Budget;
import dev.nightmail.pipeline.definition.OutputDefinition;
import dev.nightmail.pipeline.definition.OutputPlaces;
import dev.nightmail.pipeline.definition.OutputSink;
import dev.nightmail.pipeline.definition.Pilot;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.definition.RetryLimits;
import dev.nightmail.pipeline.run.PilotResult;
import dev.nightmail.pipeline.run.Preview;
import dev.nightmail.pipeline.run.RunEnvironment;
import dev.nightmail.pipeline.run.RunEvent;
import dev.nightmail.pipeline.run.RunException;
import dev.nightmail.pipeline.run.RunLimits;
import dev.nightmail.pipeline.run.RunOptions;
import dev.nightmail.pipeline.run.RunSummary;
import dev.nightmail.pipeline.run.SimulatedRun;
import dev.nightmail.pipeline.simulation.Faults.Fault;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.state.SimulatedStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One seed: a pipeline is run, dies, and is run again on what it left, while its author works on
 * its records and its prompt, and its endpoint does what endpoints do. Then the faults cease, it is
 * run until it is complete, and all is checked.
 */
public final class World {

    static final Duration MISSING = Duration.ofHours(1);

    private static final PriceList PRICES = PriceList.shipped();
    private static final int CALM_RUNS_MAX = 12;

    /** Some die young, so that beginnings are seen as often as ends. */
    private static final int[] POINTS_MAX = {16, 60, 220};

    /** What is set aside for one run, and taken up by the next. */
    private static final List<String> TRIED_AGAIN =
            List.of("account", "transient_error", "expired");

    private static final List<Records.Kind> KINDS = List.of(Records.Kind.values());

    private static final String IDENTITY = "the endpoint";

    /** What a seed is about. */
    record Plan(
            boolean honoursKeys,
            boolean hosted,
            boolean withSchema,
            boolean foreignLines,
            boolean foreignWithOurIds,
            @Nullable Long budgetMicros,
            int records,
            int batchRequestsMax,
            int openBatchesMax,
            int batchSeconds,
            int recordsPerCommit,
            int resultsPerCommit,
            int sendWhileReadingAfterSeconds,
            int reaskMax,
            Duration clockSkew,
            Records.Kind kind,
            boolean dedupe,
            @Nullable Pilot pilot,
            int lives) {

        static Plan draw(RandomGenerator random) {
            boolean honoursKeys = random.nextInt(3) == 0;
            return new Plan(
                    honoursKeys,
                    !honoursKeys && random.nextBoolean(),
                    random.nextInt(4) == 0,
                    random.nextInt(4) == 0,
                    random.nextInt(4) == 0,
                    random.nextInt(5) == 0 ? Long.valueOf(random.nextLong(500, 8_000)) : null,
                    random.nextInt(3, 30),
                    random.nextInt(2, 11),
                    random.nextInt(1, 5),
                    random.nextBoolean() ? 5 : 240,
                    random.nextInt(2, 9),
                    random.nextInt(1, 6),
                    random.nextInt(0, 4),
                    random.nextInt(0, 3),
                    Duration.ofSeconds(random.nextInt(-240, 240)),
                    KINDS.get(random.nextInt(KINDS.size())),
                    random.nextInt(4) == 0,
                    random.nextInt(3) == 0
                            ? new Pilot(
                                    random.nextInt(1, 7),
                                    new BadRecords(BigDecimal.valueOf(random.nextInt(0, 60)), 0))
                            : null,
                    random.nextInt(16, 48));
        }

        Endpoint endpoint() {
            return new Endpoint(
                    URI.create(hosted ? "https://api.anthropic.com" : "http://simulated.example"),
                    new Secret("key"),
                    IDENTITY,
                    honoursKeys);
        }
    }

    private final long seed;
    private final Defect defect;
    private final Trace trace;
    private final Plan plan;
    private final Path folder;
    private final SimulatedClock clock = new SimulatedClock();
    private final RandomGenerator random;
    private final RandomGenerator lives;
    private final RandomGenerator keys;
    private final Faults faults;
    private final Provider provider;
    private final Records records;
    private final Table table = new Table();
    private final Checker checker;
    private String prompt = "A";
    private int crashStates;

    /**
     * @param folder of its own, for the state
     * @param traceLines how many of the last steps are to be told when it fails
     */
    public World(long seed, Defect defect, Path folder, int traceLines) {
        this.seed = seed;
        this.defect = defect;
        this.folder = folder;
        this.trace = new Trace(traceLines);
        var seeds = new SplittableRandom(seed);
        var drawn = Plan.draw(seeds.split());
        this.random = seeds.split();
        this.lives = seeds.split();
        this.keys = seeds.split();
        this.faults = new Faults(seeds.split());
        boolean tellsAll =
                !faults.has(Fault.RESULTS_SHORT)
                        && !faults.has(Fault.LACKS_FOR_A_WHILE)
                        && !faults.has(Fault.LACKS_FOR_EVER);
        this.plan = tellsAll ? drawn : withoutMixtures(drawn);
        this.provider = new Provider(clock, seeds.split(), faults, plan);
        this.records = new Records(plan.kind(), plan.dedupe(), plan.records());
        this.checker = new Checker(plan, provider, records, folder, folder.resolve("sim.state.db"));
    }

    /** Where results are lacking, others' among them make them nobody's: see docs/simulation.md. */
    private static Plan withoutMixtures(Plan plan) {
        return new Plan(
                plan.honoursKeys(),
                plan.hosted(),
                plan.withSchema(),
                false,
                false,
                plan.budgetMicros(),
                plan.records(),
                plan.batchRequestsMax(),
                plan.openBatchesMax(),
                plan.batchSeconds(),
                plan.recordsPerCommit(),
                plan.resultsPerCommit(),
                plan.sendWhileReadingAfterSeconds(),
                plan.reaskMax(),
                plan.clockSkew(),
                plan.kind(),
                plan.dedupe(),
                plan.pilot(),
                plan.lives());
    }

    /**
     * @throws FailedRun if anything was seen that must not be
     */
    public Report run() {
        try {
            for (int life = 0; life < plan.lives(); life++) {
                peopleWork();
                live(false);
            }
            calmDown();
            table.rows().forEach((id, answer) -> trace.mix((id + answer).hashCode()));
            return new Report(
                    seed, crashStates, provider.accepted(), trace.length(), trace.digest());
        } catch (Throwable e) {
            throw new FailedRun(seed, plan + "\n" + faults, trace.kept(), e);
        } finally {
            remove(folder);
        }
    }

    private static void remove(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What happens between two runs

    private void peopleWork() {
        clock.advance(
                Duration.ofSeconds(
                        random.nextBoolean() ? random.nextInt(5) : random.nextInt(2400)));
        provider.settle();
        if (random.nextInt(3) == 0) {
            provider.changed(records.change(random));
        }
        if (random.nextInt(4) == 0) {
            records.add();
        }
        if (random.nextInt(4) == 0) {
            records.vanishOrReturn(random);
        }
        if (random.nextInt(5) == 0) {
            changePrompt();
        }
        if (faults.strikes(Fault.FOREIGN_BATCH)) {
            makeForeignBatch();
        }
        if (defect == Defect.TAKES_THE_FIRST_CANDIDATE && !provider.lastLost().isEmpty()) {
            provider.makeForeign(provider.lastLost().size(), List.of());
        }
        if (faults.strikes(Fault.PERSON_CANCELS)) {
            provider.any(random).ifPresent(provider::cancel);
        }
        if (faults.strikes(Fault.PERSON_DELETES)) {
            provider.any(random).ifPresent(provider::delete);
        }
        if (faults.strikes(Fault.PERSON_ARCHIVES)) {
            provider.any(random)
                    .filter(batch -> batch.named && batch.hasEnded(clock.instant()))
                    .ifPresent(batch -> batch.archived = true);
        }
    }

    /** One with ids of ours is as large as ours may be: see docs/simulation.md. */
    private void makeForeignBatch() {
        int most = plan.batchRequestsMax();
        if (plan.foreignWithOurIds()) {
            provider.makeForeign(
                    most,
                    records.all().stream()
                            .limit(most / 2)
                            .map(row -> CustomId.ofRecord(row.id()).value())
                            .toList());
        } else {
            provider.makeForeign(random.nextInt(1, most + 1), List.of());
        }
    }

    private void changePrompt() {
        prompt = prompt.equals("A") ? "B" : "A";
        records.everSeen().forEach(provider::changed);
    }

    // One process

    /**
     * @return what it came to; null if it did not come to its end
     */
    private @Nullable RunSummary live(boolean calm) {
        int points =
                calm || lives.nextInt(10) == 0
                        ? -1
                        : lives.nextInt(POINTS_MAX[lives.nextInt(POINTS_MAX.length)]);
        int stopIn = !calm && lives.nextInt(12) == 0 ? lives.nextInt(80) : -1;
        var life = new Life(clock, trace, lives, points, stopIn);
        var storage = new SimulatedStorage(life, defect);
        var client = new SimulatedClient(life, provider, faults, plan, lives, defect);
        RunSummary summary = null;
        try {
            summary = live(life, storage, client, calm);
            life.note("ends " + (summary == null ? "nothing" : summary.end()));
            if (summary != null) {
                checkAddsUp(summary);
            }
        } catch (Death _) {
            crashStates++;
            if (lives.nextInt(4) != 0) {
                storage.losePower(lives);
            }
        } catch (EndpointException | RunException | SinkException | InterruptedException e) {
            life.note(e.getClass().getSimpleName() + ": " + e.getMessage());
            if (calm) {
                life.throwIfViolated();
                throw new Violation("nothing is wrong any more, and it fails: " + e);
            }
        }
        // What stopped a run may have left its flag.
        Thread.interrupted();
        life.throwIfViolated();
        checker.whatIsLeft();
        return summary;
    }

    /** Every record is in one place. */
    private static void checkAddsUp(RunSummary summary) {
        Violation.unless(
                summary.done() + summary.failedRecords() + summary.unsent() + summary.underWay()
                        == summary.records(),
                "a summary that does not add up: %s",
                summary);
        Violation.unless(
                summary.end() != RunSummary.End.COMPLETE
                        || (summary.unsent() == 0
                                && summary.underWay() == 0
                                && summary.batchesOut() == 0),
                "a run is complete with something left: %s",
                summary);
    }

    private @Nullable RunSummary live(
            Life life, SimulatedStorage storage, SimulatedClient client, boolean calm)
            throws InterruptedException {
        var limits =
                new RunLimits(
                        plan.batchRequestsMax(),
                        200_000_000,
                        plan.openBatchesMax(),
                        plan.recordsPerCommit(),
                        plan.resultsPerCommit(),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(5),
                        Duration.ofHours(1),
                        4,
                        Duration.ofSeconds(plan.sendWhileReadingAfterSeconds()),
                        3);
        var environment =
                new RunEnvironment(clock, life::pause, keys, PRICES, limits, ClientLimits.DEFAULT);
        var run =
                new SimulatedRun(
                        definition(life),
                        environment,
                        plan.endpoint(),
                        life,
                        storage::open,
                        client);
        int kind = calm ? 0 : lives.nextInt(8);
        boolean withPilot = calm || lives.nextInt(12) != 0;
        if (!withPilot) {
            provider.waivePilot(prompt);
        }
        life.note("run " + kind + " of prompt " + prompt + (withPilot ? "" : " without a pilot"));
        return switch (kind) {
            case 6 ->
                    run.run(
                            new RunOptions(false, true, withPilot, confirmation(calm)),
                            event -> told(life, event));
            case 7 -> run.collect(event -> told(life, event)).orElse(null);
            default ->
                    run.run(
                            new RunOptions(false, false, withPilot, confirmation(calm)),
                            event -> told(life, event));
        };
    }

    private static void told(Life life, RunEvent event) {
        if (!(event instanceof RunEvent.Progress)
                && !(event instanceof RunEvent.FileWritten)
                && !(event instanceof RunEvent.Finished)) {
            life.note(event instanceof RunEvent.Planned ? "planned" : event.toString());
        }
    }

    private RunOptions.Confirmation confirmation(boolean calm) {
        int mood = calm ? 0 : lives.nextInt(8);
        return new RunOptions.Confirmation() {
            @Override
            public boolean confirm(Preview preview) {
                return mood != 7;
            }

            @Override
            public boolean isGiven() {
                return mood < 5;
            }

            @Override
            public boolean confirmAfter(PilotResult pilot) {
                boolean goesOn = calm || mood % 4 == 3;
                if (goesOn) {
                    provider.waivePilot(prompt);
                }
                return goesOn;
            }

            @Override
            public boolean confirmResending(String batchId, int requests) {
                return mood % 2 == 0;
            }
        };
    }

    private PipelineDefinition definition(Life life) {
        var budget = plan.budgetMicros();
        return new PipelineDefinition(
                folder.resolve("sim.yaml"),
                "sim",
                records.definition(life),
                "claude-haiku-4-5",
                100,
                null,
                prompt + "|{{group}}|{{text}}",
                Map.of(),
                plan.withSchema()
                        ? new OutputDefinition(
                                folder.resolve("schema.json"), SCHEMA, plan.reaskMax())
                        : null,
                new OutputPlaces(
                        List.of(OutputSink.of(table.definition(folder, life, faults, defect))),
                        folder.resolve("failed.jsonl"),
                        folder.resolve("report.html")),
                budget == null ? null : new Budget(budget),
                new RetryLimits(2, 1, MISSING),
                Map.of(),
                CallTerms.STANDARD,
                false,
                false,
                List.of(),
                null,
                BadRecords.DEFAULT,
                plan.dedupe(),
                plan.pilot());
    }

    private static final ObjectNode SCHEMA =
            (ObjectNode)
                    JsonMapper.shared()
                            .readTree(
                                    "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"],\"additionalProperties\":false}");

    // The end

    private void calmDown() {
        faults.cease();
        provider.calmDown();
        records.mend().forEach(provider::changed);
        RunSummary summary = null;
        int runs = 0;
        do {
            clock.advance(Duration.ofSeconds(1));
            summary = live(true);
            Violation.unless(++runs <= CALM_RUNS_MAX, "it never is complete: " + summary);
        } while (summary == null || !isOver(summary));
        boolean complete = summary.end() == RunSummary.End.COMPLETE;
        Violation.unless(
                summary.records() == records.all().size(),
                "%d records, and the source has %d",
                summary.records(),
                records.all().size());
        check(complete);
        var accepted = provider.accepted();
        live(true);
        Violation.unless(
                !complete || provider.accepted() == accepted,
                "a pipeline that was complete sends something");
        check(complete);
    }

    /** Whether the next run has nothing to send. */
    private static boolean isOver(RunSummary summary) {
        return switch (summary.end()) {
            case BUDGET_REACHED -> true;
            case COMPLETE -> TRIED_AGAIN.stream().noneMatch(summary.failed()::containsKey);
            case DECLINED, STOPPED_BY_PILOT, CANCELED, BATCHES_OUT, LEFT_TO_SEND -> false;
        };
    }

    private void check(boolean complete) {
        checker.whatCameOfIt(records.all(), prompt, table.rows(), complete);
    }
}
