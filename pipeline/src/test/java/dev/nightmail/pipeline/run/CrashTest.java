package dev.nightmail.pipeline.run;

import static dev.nightmail.pipeline.testing.FakeBatches.bare;
import static dev.nightmail.pipeline.testing.FakeBatches.error;
import static dev.nightmail.pipeline.testing.FakeBatches.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.state.RunUnderWayException;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run ends at every step it has, and another takes over. Events are told after each durable step,
 * so throwing out of the listener is a crash right behind it.
 */
@SuppressWarnings("NullAway.Init")
class CrashTest {

    private static final int RECORDS = 12;

    @TempDir Path folder;
    @AutoClose private final FakeBatches server = new FakeBatches();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereverARunCrashesEveryRecordIsAnsweredOnceAndPaidForOnce(boolean honoursIdempotencyKeys)
            throws Exception {
        var steps = steps(honoursIdempotencyKeys);
        assertThat(steps).isGreaterThan(15);

        for (int step = 1; step <= steps; step++) {
            crashAt(step, honoursIdempotencyKeys, false);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCreateWhoseAnswerAndSenderAreLostIsFoundAgain(boolean honoursIdempotencyKeys)
            throws Exception {
        for (int step = 1; step <= steps(honoursIdempotencyKeys); step++) {
            crashAt(step, honoursIdempotencyKeys, true);
        }
    }

    @Test
    void aCreateWithoutAnAnswerIsStillOursWhenTheEndpointThenTurnsUsAway() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, RECORDS);
        server.loseCreateAnswers.set(Integer.MAX_VALUE);
        assertThat(catchThrowable(() -> pipeline.run(server, new TestWorld(1))))
                .hasMessageContaining("got no answer");
        server.loseCreateAnswers.set(0);
        server.refuseCreate.set(401);
        assertThat(catchThrowable(() -> pipeline.run(server, new TestWorld(2))))
                .hasMessageContaining("401");

        pipeline.run(server, new TestWorld(3));

        assertThat(pipeline.answeredIds()).hasSize(RECORDS);
        assertThat(server.requestsAccepted()).isEqualTo(RECORDS);
    }

    @Test
    void aSecondRunAtTheSameTimeIsRefused() throws Exception {
        var pipeline = PipelineFolder.withRecords(folder, 3);
        var refusals = new ArrayList<Throwable>();

        pipeline.run(
                PipelineFolder.endpoint(server),
                new TestWorld(1),
                10,
                event -> {
                    if (event instanceof RunEvent.BatchIntended) {
                        refusals.add(catchThrowable(() -> pipeline.run(server, new TestWorld(2))));
                    }
                });

        assertThat(refusals).singleElement().isInstanceOf(RunUnderWayException.class);
        assertThat(refusals.getFirst())
                .hasMessageContaining("another run of this pipeline is under way");
    }

    /** Two of the records fail once in ways that are retried, so retries are among the steps. */
    private static FakeBatches troubled(FakeBatches server, boolean honours) {
        server.answering((id, params, before) ->
                before > 0
                        ? message("late answer to " + id)
                        : id.equals(customId(2))
                                ? error("api_error")
                                : id.equals(customId(7))
                                        ? bare("expired")
                                        : message("answer to " + id));
        return honours ? server : server.ignoringIdempotencyKeys();
    }

    private int steps(boolean honours) throws Exception {
        var events = new ArrayList<RunEvent>();
        try (var calm = troubled(new FakeBatches(), honours)) {
            pipeline("calm")
                    .run(PipelineFolder.endpoint(calm, honours), new TestWorld(1), 5, events::add);
        }
        return events.size();
    }

    private void crashAt(int step, boolean honours, boolean losingAnswers) throws Exception {
        try (var target = troubled(new FakeBatches(), honours)) {
            var pipeline = pipeline("crash-" + step + honours + losingAnswers);
            var world = new TestWorld(step);
            if (losingAnswers) {
                // The client's own tries lose theirs too, so that the run ends without an answer.
                target.loseCreateAnswers.set(honours ? 3 : 1);
            }
            var seen = new int[1];
            try {
                pipeline.run(
                        PipelineFolder.endpoint(target, honours),
                        world,
                        5,
                        event -> {
                            if (++seen[0] == step) {
                                throw new Crash();
                            }
                        });
            } catch (Crash | EndpointException _) {
                // As ordered.
            }

            pipeline.run(PipelineFolder.endpoint(target, honours), world, 5, _ -> {});

            assertThat(pipeline.answeredIds())
                    .as("crash at step %d", step)
                    .isEqualTo(IntStream.range(0, RECORDS).mapToObj(CrashTest::recordId).toList());
            for (int record = 0; record < RECORDS; record++) {
                assertThat(target.timesAsked(customId(record)))
                        .as("crash at step %d: times r%d was paid for", step, record)
                        .isEqualTo(record == 2 || record == 7 ? 2 : 1);
            }
        }
    }

    private PipelineFolder pipeline(String name) throws Exception {
        return PipelineFolder.withTexts(Files.createTempDirectory(folder, name), RECORDS);
    }

    private static String recordId(int number) {
        return PipelineFolder.textId(number);
    }

    private static String customId(int number) {
        return CustomId.ofRecord(recordId(number)).value();
    }

    @SuppressWarnings("serial")
    private static final class Crash extends RuntimeException {}

    @Test
    void anotherPipelinesBatchOfTheSameSizeIsNotTakenForOurs() throws Exception {
        server.ignoringIdempotencyKeys();
        server.dropCreates.set(1);
        server.acceptForeign(List.of("x0", "x1", "x2"));
        var pipeline = PipelineFolder.withRecords(folder, 3);

        var summary =
                pipeline.run(
                        PipelineFolder.endpointWithoutIdempotency(server),
                        new TestWorld(1),
                        10,
                        _ -> {});

        assertThat(summary.done()).isEqualTo(3);
        assertThat(server.timesAsked("r0")).isEqualTo(1);
    }

    @Test
    void twoBatchesThatBothFitStopTheRun() throws Exception {
        server.ignoringIdempotencyKeys();
        server.loseCreateAnswers.set(1);
        server.acceptForeign(List.of("r0", "r1", "r2"));
        var pipeline = PipelineFolder.withRecords(folder, 3);

        assertThatThrownBy(() ->
                        pipeline.run(
                                PipelineFolder.endpointWithoutIdempotency(server),
                                new TestWorld(1),
                                10,
                                _ -> {}))
                .isInstanceOf(RunException.class)
                .hasMessageContaining(
                        "more than one batch at the endpoint could be it: msgbatch_2, msgbatch_1");
        assertThat(server.batches()).hasSize(2);
    }
}
