package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a server was asked for, by its own account, and whether any of it for nothing. */
final class AnsweredOnce {

    /** The schema of the tickets forbids it, and the simulator does not know. */
    private static final int FORBIDDEN_SCORE = 7;

    private AnsweredOnce() {}

    private record Result(String batch, Instant endedAt, JsonNode line) {

        /** Whether a client has a reason to send the request again, or to ask once more. */
        boolean asksForMore() {
            var result = line.path("result");
            return switch (result.path("type").asString()) {
                case "expired" -> true;
                case "errored" -> result.at("/error/error/type").asString().equals("timeout_error");
                case "succeeded" ->
                        JsonMapper.shared()
                                        .readTree(result.at("/message/content/0/text").asString())
                                        .path("score")
                                        .asInt()
                                == FORBIDDEN_SCORE;
                default -> false;
            };
        }
    }

    /** Sending one again is right only after its batch has ended, with a result that is no end. */
    static void assertNoRequestWasSentTwice(BatchesCaller server) {
        Map<String, Result> last = new LinkedHashMap<>();
        for (var id : server.listed().reversed()) {
            var batch = server.awaitEnded(id);
            var createdAt = Instant.parse(batch.path("created_at").asString());
            var endedAt = Instant.parse(batch.path("ended_at").asString());
            for (var line : server.results(id)) {
                var json = JsonMapper.shared().readTree(line);
                var before =
                        last.put(json.path("custom_id").asString(), new Result(id, endedAt, json));
                if (before != null) {
                    assertThat(before.asksForMore())
                            .as("sent again in %s after %s", id, before)
                            .isTrue();
                    assertThat(createdAt)
                            .as("when %s was made, after %s", id, before)
                            .isAfterOrEqualTo(before.endedAt());
                }
            }
        }
        assertThat(last).hasSize(TicketsPipeline.TICKETS);
        assertThat(List.copyOf(last.values()))
                .as("results that ask for more are never the last")
                .noneMatch(Result::asksForMore);
    }
}
