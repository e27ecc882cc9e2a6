package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server process in which one write, flush, rename or removal fails: each one of the life of a
 * batch, in turn. Nothing is acknowledged that is not there, nothing is there that was refused, and
 * the process goes on.
 */
class FailingStorageTest {

    private static final int REQUESTS = 5;

    @TempDir private Path data;

    /** What came of it. */
    private record Outcome(int createStatus, int deleteStatus) {}

    @Test
    void whateverStepFailsWhatIsAcknowledgedIsThereAndNothingElse(TestReporter reporter) {
        var outcomes = new ArrayList<Outcome>();
        String kept;
        var first = new Questions(0, REQUESTS);
        try (var upstream = new HeldUpstream()) {
            upstream.allowAll();
            try (var server = FaultyServer.start(data, upstream);
                    var caller = new BatchesCaller(server.process())) {
                kept = caller.create(first, "first");
                caller.awaitEnded(kept);
                server.heal();
                int steps = live(caller, server, 0, kept, outcomes);

                for (int failing = 1; failing <= steps; failing++) {
                    server.failAt(failing);
                    live(caller, server, failing, kept, outcomes);
                }

                assertThat(server.process().isAlive()).isTrue();
                server.process().kill();
            }
            try (var server = ForkedNightmail.serving(data, upstream);
                    var caller = new BatchesCaller(server)) {
                assertThat(caller.listed()).containsExactly(kept);
                first.assertAllAnswered(caller.results(kept));
            }
        }
        long refused = outcomes.stream().filter(one -> one.createStatus() != 200).count();
        reporter.publishEntry(
                "%d steps failed, one after the other: %d creates were refused, %d taken and ended"
                        .formatted(outcomes.size() - 1, refused, outcomes.size() - refused));
        assertThat(refused).isBetween(5L, outcomes.size() - 5L);
    }

    /** A batch from its create to its end to its removal; the steps that took. */
    private static int live(
            BatchesCaller caller,
            FaultyServer server,
            int failing,
            String kept,
            List<Outcome> outcomes) {
        var questions = new Questions((failing + 1) * REQUESTS, REQUESTS);
        var created = caller.tryCreate(questions, "failing-" + failing);
        if (created.statusCode() != 200) {
            assertThat(failing).as(created.body()).isPositive();
            assertIsRefusal(created.statusCode(), created.body());
            assertThat(caller.listed()).as("step %d", failing).containsExactly(kept);
            outcomes.add(new Outcome(created.statusCode(), 0));
            return server.heal();
        }
        var id = JsonMapper.shared().readTree(created.body()).path("id").asString();
        var ended = caller.awaitEnded(id);
        assertThat(ended.path("request_counts"))
                .as("step %d", failing)
                .isEqualTo(BatchJson.counts(REQUESTS));
        questions.assertAllAnswered(caller.results(id));
        int deleted = caller.delete(id);
        if (deleted != 200) {
            assertThat(deleted).as("step %d", failing).isEqualTo(500);
            assertThat(caller.delete(id)).as("step %d", failing).isIn(200, 404);
        }
        assertThat(caller.listed()).as("step %d", failing).containsExactly(kept);
        outcomes.add(new Outcome(200, deleted));
        return server.heal();
    }

    private static void assertIsRefusal(int status, String body) {
        assertThat(status).isEqualTo(500);
        var error = JsonMapper.shared().readTree(body);
        assertThat(error.path("type").asString()).isEqualTo("error");
        assertThat(error.at("/error/type").asString()).isEqualTo("api_error");
        assertThat(error.at("/error/message").asString()).contains("nothing was");
        assertThat(error.path("request_id").asString()).startsWith("req_");
    }

    @Test
    void aCancelWhoseStorageFailsIsDurableWhenItIsAnswered() {
        var requests = HeldUpstream.CALLS_IN_FLIGHT_MAX + 10;
        try (var upstream = new HeldUpstream();
                var server = FaultyServer.start(data, upstream);
                var caller = new BatchesCaller(server.process())) {
            for (int failing = 1; failing <= 6; failing++) {
                var questions = new Questions(failing * 1000, requests);
                var id = caller.create(questions, "canceled-" + failing);
                upstream.awaitFullOfHeldCalls();
                server.failAt(failing);

                assertThat(caller.cancel(id)).as("step %d", failing).isEqualTo(200);

                assertThat(caller.retrieve(id).path("cancel_initiated_at").isNull()).isFalse();
                assertThat(data.resolve("batches").resolve(id).resolve("batch.json"))
                        .content()
                        .contains("\"state\" : \"canceling\"");
                server.heal();
                upstream.allow(HeldUpstream.CALLS_IN_FLIGHT_MAX);
                var counts = caller.awaitEnded(id).path("request_counts");
                assertThat(counts.path("canceled").asInt()).isEqualTo(10);
                assertThat(caller.results(id)).hasSize(requests);
            }
            assertThat(upstream.repeated()).isEmpty();
        }
    }
}
