package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that ends in the middle of a batch, and the one that goes on with it. */
class ServerEndsMidwayTest {

    private static final Questions QUESTIONS = new Questions(3000);
    private static final int ANSWERED = 1000;

    @TempDir private Path data;

    @Test
    void aKilledServerRepeatsOnlyTheCallsThatWereInFlight() {
        try (var upstream = new HeldUpstream()) {
            upstream.allow(ANSWERED);
            String batch;
            try (var server = ForkedNightmail.serving(data, upstream);
                    var caller = new BatchesCaller(server)) {
                batch = caller.create(QUESTIONS);
                caller.await(batch, BatchJson.succeeded(ANSWERED));
                var inFlight = upstream.awaitFullOfHeldCalls();

                server.kill();

                upstream.allowAll();
                try (var next = ForkedNightmail.serving(data, upstream)) {
                    assertEnded(next, batch);
                }
                assertThat(upstream.repeated()).containsExactlyInAnyOrderElementsOf(inFlight);
            }
        }
    }

    @Test
    void aServerToldToStopRepeatsNothing() {
        try (var upstream = new HeldUpstream()) {
            upstream.allow(ANSWERED);
            String batch;
            try (var server = ForkedNightmail.serving(data, upstream);
                    var caller = new BatchesCaller(server)) {
                batch = caller.create(QUESTIONS);
                upstream.awaitFullOfHeldCalls();

                server.terminate();

                server.awaitError("event=stopping");
                upstream.allowAll();
                assertThat(server.awaitExit()).isZero();
                assertThat(upstream.calls().size()).isLessThan(QUESTIONS.count());
            }
            try (var next = ForkedNightmail.serving(data, upstream)) {
                assertEnded(next, batch);
            }
            assertThat(upstream.repeated()).isEmpty();
            assertThat(upstream.calls()).hasSize(QUESTIONS.count());
        }
    }

    private static void assertEnded(ForkedNightmail server, String batch) {
        try (var caller = new BatchesCaller(server)) {
            var ended = caller.awaitEnded(batch);
            assertThat(ended.path("request_counts")).isEqualTo(BatchJson.counts(QUESTIONS.count()));
            QUESTIONS.assertAllAnswered(caller.results(batch));
        }
    }
}
