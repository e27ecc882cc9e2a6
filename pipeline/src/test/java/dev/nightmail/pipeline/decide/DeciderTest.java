package dev.nightmail.pipeline.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchStatus;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RequestCounts;
import dev.nightmail.pipeline.decide.Effect.Wanted;
import dev.nightmail.pipeline.decide.Report.Fetching;
import dev.nightmail.pipeline.decide.Report.Judgement;
import dev.nightmail.pipeline.decide.Report.Sending;
import dev.nightmail.pipeline.decide.RunTerms.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run does next, by a clock that goes on between any two looks at it. */
class DeciderTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int BATCH = 1;
    private static final int PILOT = 5;

    @Test
    void aTickIsDueEvenIfItsTimeHasPassedSinceTheLastDecision() {
        var decider = new Decider(terms(Mode.TO_THE_END), 0);
        decider.on(new Report.Prepared(BATCH, 10, 1_000), START);
        decider.on(new Report.SourceRead(0), START);
        decider.on(new Report.Sent(BATCH, new Sending.Submitted()), START);
        var due = decider.nextWake().orElseThrow();
        assertThat(due).isAfter(START);

        var late = due.plusSeconds(1);

        assertThat(decider.nextWake()).contains(due);
        assertThat(decider.on(new Report.Tick(), late))
                .containsExactly(new Effect.Look(List.of(BATCH)));
    }

    @Test
    void ofThePreparedBatchesThePilotIsTheLargestThatIsNoLarger() {
        var decider = new Decider(terms(Mode.TO_THE_END), 0);
        decider.pilot(List.of());
        decider.on(new Report.Prepared(1, 3, 300), START);
        decider.on(new Report.Prepared(2, PILOT, 500), START);
        decider.on(new Report.Prepared(3, 100, 10_000), START);

        assertThat(decider.on(new Report.SourceRead(0), START))
                .containsExactly(new Effect.Send(2, 0, true));
    }

    @Test
    void aBatchThatIsLargerMakesWayForAPilot() {
        var decider = new Decider(terms(Mode.TO_THE_END), 0);
        decider.pilot(List.of());
        decider.on(new Report.Prepared(BATCH, 100, 10_000), START);

        assertThat(decider.on(new Report.SourceRead(0), START))
                .containsExactly(new Effect.Gather(Wanted.A_PILOT, BATCH, null));
    }

    @Test
    void nothingElseIsSentUntilThePilotIsJudged() {
        var decider = withPilotIn();

        assertThat(decider.isBusy()).isTrue();
        assertThat(decider.on(new Report.Judged(new Judgement.Passed()), START))
                .containsExactly(new Effect.Send(2, 0, false));
    }

    @Test
    void aPilotThatFailedEndsTheSending() {
        var decider = withPilotIn();

        assertThat(decider.on(new Report.Judged(new Judgement.Stopped()), START))
                .containsExactly(new Effect.End());
        assertThat(decider.isStoppedByPilot()).isTrue();
    }

    @Test
    void whatOfThePilotIsAskedAgainGoesFirst() {
        var decider = withPilotIn();

        assertThat(decider.on(new Report.Judged(new Judgement.AskAgain(2)), START))
                .containsExactly(new Effect.Gather(Wanted.THE_PILOTS, null, null));
        var again = new Report.Prepared(9, 2, 200);
        assertThat(decider.on(new Report.Gathered(again, false), START))
                .containsExactly(new Effect.Send(9, 0, false));
    }

    @Test
    void aPilotThatIsOutIsTakenUp() {
        var decider = new Decider(terms(Mode.TO_THE_END), 0);
        decider.out(BATCH, 0, null);
        decider.pilot(List.of(BATCH));
        decider.on(new Report.Prepared(2, 3, 300), START);

        assertThat(decider.on(new Report.SourceRead(0), START))
                .containsExactly(new Effect.Look(List.of(BATCH)));
    }

    /** Its results are here, and a larger batch is ready. */
    private static Decider withPilotIn() {
        var decider = new Decider(terms(Mode.TO_THE_END), 0);
        decider.pilot(List.of());
        decider.on(new Report.Prepared(BATCH, PILOT, 500), START);
        decider.on(new Report.Prepared(2, 100, 10_000), START);
        decider.on(new Report.SourceRead(0), START);
        decider.on(new Report.Sent(BATCH, new Sending.Submitted()), START);
        var due = decider.nextWake().orElseThrow();
        decider.on(new Report.Tick(), due);
        decider.on(new Report.Seen(BATCH, snapshot(BatchStatus.ENDED)), due);
        decider.on(new Report.Looked(), due);
        assertThat(decider.on(new Report.Fetched(BATCH, new Fetching.Whole(), 0, 0), due))
                .containsExactly(new Effect.Judge(), new Effect.Deliver());
        decider.on(new Report.Delivered(), due);
        return decider;
    }

    /** As if the deciding thread were held up, each time, between deciding and asking when next. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 49, 50, 51, 1_000, 60_000})
    void aHeldUpRunGoesOnToItsEnd(long stepMillis) {
        for (var mode : Mode.values()) {
            for (int seed = 0; seed < 200; seed++) {
                new World(mode, Duration.ofMillis(stepMillis), seed).run();
            }
        }
    }

    /**
     * Carries out effects at once, with luck that a seed decides, by a clock that goes in steps.
     */
    private static final class World {
        private static final int DECISIONS_MAX = 2_000;

        private final String name;
        private final Mode mode;
        private final Duration step;
        private final Random luck;
        private final Decider decider;
        private final Queue<Report> reports = new ArrayDeque<>();
        private Instant time = START;
        private long toAsk = 30;
        private int prepared;
        private boolean pilotDue;
        private boolean ended;

        World(Mode mode, Duration step, long seed) {
            this.name = "%s, steps of %s, seed %d".formatted(mode, step, seed);
            this.mode = mode;
            this.step = step;
            this.luck = new Random(seed);
            this.decider = new Decider(terms(mode), 0);
        }

        void run() {
            prepared = 3;
            decider.inDoubt(1, 10, 1_000, 0);
            decider.out(2, 0, null);
            if (mode == Mode.COLLECT) {
                reports.add(new Report.Tick());
            } else {
                if (luck.nextBoolean()) {
                    pilotDue = true;
                    decider.pilot(List.of());
                }
                reports.add(new Report.Prepared(3, 10, 1_000));
                reports.add(new Report.SourceRead(toAsk));
            }
            for (int decision = 0; !ended; decision++) {
                assertThat(decision).as(name).isLessThan(DECISIONS_MAX);
                var report = reports.isEmpty() ? waited() : reports.remove();
                decider.on(report, now()).forEach(this::carryOut);
            }
        }

        private Report waited() {
            assertThat(decider.isBusy()).as(name).isFalse();
            var wake = decider.nextWake();
            assertThat(wake).as(name).isPresent();
            time = wake.get().isAfter(time) ? wake.get() : time;
            return new Report.Tick();
        }

        private Instant now() {
            time = time.plus(step);
            return time;
        }

        private boolean oneIn(int tries) {
            return luck.nextInt(tries) == 0;
        }

        private void carryOut(Effect effect) {
            switch (effect) {
                case Effect.Gather(var wanted, var dissolved, _) -> {
                    toAsk += dissolved == null ? 0 : 10;
                    int requests = wanted == Wanted.ANY ? 10 : PILOT;
                    toAsk -= requests;
                    reports.add(
                            new Report.Gathered(
                                    new Report.Prepared(++prepared, requests, 1_000), false));
                }
                case Effect.Judge _ -> reports.add(new Report.Judged(judgement()));
                case Effect.Send(var batch, _, var beginsPilot) -> {
                    // The first was in doubt before there was a pilot.
                    assertThat(batch == 1 || !pilotDue || beginsPilot).as(name).isTrue();
                    pilotDue &= !beginsPilot;
                    reports.add(
                            new Report.Sent(
                                    batch,
                                    oneIn(4)
                                            ? new Sending.Open(silence(), true)
                                            : oneIn(4)
                                                    ? new Sending.NotTaken(silence())
                                                    : new Sending.Submitted()));
                }
                case Effect.Seek(var batch) ->
                        reports.add(
                                new Report.Sent(
                                        batch,
                                        oneIn(3)
                                                ? new Sending.NotToldYet()
                                                : oneIn(2)
                                                        ? new Sending.NotThere()
                                                        : new Sending.Submitted()));
                case Effect.Look(var batches) -> {
                    for (int batch : batches) {
                        var status = oneIn(2) ? BatchStatus.ENDED : BatchStatus.IN_PROGRESS;
                        reports.add(new Report.Seen(batch, snapshot(status)));
                    }
                    reports.add(new Report.Looked());
                }
                case Effect.Fetch(var batch, _, var isLast) ->
                        reports.add(
                                isLast || !oneIn(3)
                                        ? new Report.Fetched(
                                                batch, new Fetching.Whole(), askAgain(), 0)
                                        : new Report.Fetched(batch, new Fetching.Lacking(3), 0, 0));
                case Effect.Deliver _ -> reports.add(new Report.Delivered());
                case Effect.End _, Effect.Fail _ -> ended = true;
                default -> {}
            }
        }

        private Judgement judgement() {
            if (oneIn(3)) {
                pilotDue = true;
                return new Judgement.Undecided();
            }
            return oneIn(2)
                    ? new Judgement.Passed()
                    : oneIn(2) ? new Judgement.AskAgain(PILOT) : new Judgement.Stopped();
        }

        private long askAgain() {
            long again = toAsk < 100 && oneIn(2) ? 10 : 0;
            toAsk += again;
            return again;
        }
    }

    private static RunTerms terms(Mode mode) {
        return new RunTerms(
                mode,
                2,
                PILOT,
                null,
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                5,
                PollPace.LOCAL);
    }

    private static EndpointException silence() {
        return new BrokenAnswerException("something else answered", null);
    }

    private static BatchSnapshot snapshot(BatchStatus status) {
        return new BatchSnapshot(
                "msgbatch_1", status, RequestCounts.NONE, START, null, null, null, null);
    }
}
