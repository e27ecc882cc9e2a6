package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Batches come to their end by the clock, with the periods shortened to seconds. */
class LifetimeTest {

    private static final Questions QUESTIONS = new Questions(200);
    private static final int ANSWERED = 50;

    @TempDir private Path data;

    @Test
    void whatHasNoAnswerWhenTheWindowClosesIsExpired() {
        try (var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(data, upstream, "--set", "limits.window=2s");
                var caller = new BatchesCaller(server)) {
            upstream.allow(ANSWERED);
            var batch = caller.create(QUESTIONS);

            var ended = caller.awaitEnded(batch);

            assertThat(time(ended, "expires_at"))
                    .isEqualTo(time(ended, "created_at").plusSeconds(2));
            assertThat(time(ended, "ended_at")).isAfterOrEqualTo(time(ended, "expires_at"));
            assertExpired(caller, ended);
        }
    }

    @Test
    void whatExpiredWhileNoServerRanIsExpiredWhenOneStarts() {
        try (var upstream = new HeldUpstream()) {
            upstream.allow(ANSWERED);
            JsonNode created;
            try (var server = ForkedNightmail.serving(data, upstream, "--set", "limits.window=2s");
                    var caller = new BatchesCaller(server)) {
                var batch = caller.create(QUESTIONS);
                created = caller.await(batch, BatchJson.succeeded(ANSWERED));
                server.kill();
            }
            var expiresAt = time(created, "expires_at");
            Awaitility.await().until(() -> Instant.now().isAfter(expiresAt));
            int callsBefore = upstream.calls().size();

            try (var server = ForkedNightmail.serving(data, upstream);
                    var caller = new BatchesCaller(server)) {
                assertExpired(caller, caller.awaitEnded(created.path("id").asString()));
            }

            assertThat(upstream.calls()).hasSize(callsBefore);
            assertThat(upstream.repeated()).isEmpty();
        }
    }

    @Test
    void resultsAreGoneWhenTheyHaveBeenKeptLongEnough() {
        try (var upstream = new HeldUpstream();
                var server =
                        ForkedNightmail.serving(data, upstream, "--set", "limits.retention=3s");
                var caller = new BatchesCaller(server)) {
            upstream.allowAll();
            var batch = caller.create(QUESTIONS);

            var archived = caller.await(batch, found -> !found.path("archived_at").isNull());

            assertThat(time(archived, "archived_at"))
                    .isEqualTo(time(archived, "created_at").plusSeconds(3));
            assertThat(archived.path("processing_status").asString()).isEqualTo("ended");
            assertThat(archived.path("results_url").isNull()).isTrue();
            assertThat(archived.path("request_counts"))
                    .isEqualTo(BatchJson.counts(QUESTIONS.count()));
            assertThat(caller.resultsStatus(batch)).isEqualTo(404);
            assertThat(data.resolve("batches").resolve(batch))
                    .isDirectoryNotContaining(isPayload());
        }
    }

    private static String isPayload() {
        return "glob:**.jsonl";
    }

    private static void assertExpired(BatchesCaller caller, JsonNode ended) {
        assertThat(ended.path("request_counts"))
                .isEqualTo(BatchJson.counts(ANSWERED, QUESTIONS.count() - ANSWERED));
        var results = caller.results(ended.path("id").asString());
        assertThat(results).hasSize(QUESTIONS.count());
        assertThat(results)
                .filteredOn(line -> line.endsWith("\"result\":{\"type\":\"expired\"}}"))
                .hasSize(QUESTIONS.count() - ANSWERED);
    }

    private static Instant time(JsonNode batch, String field) {
        return Instant.parse(batch.path(field).asString());
    }
}
