package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients put in front of the API's paths. */
class BaseUrlTest {

    private static final String GOOD = "{\"requests\":[{\"custom_id\":\"a\",\"params\":{}}]}";

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/antigravity/v1/messages/batches|without /antigravity, or set listen.path-prefix to /antigravity",
                "/a/b/v1/models|without /a/b, or set listen.path-prefix to /a/b",
                "/v1/v1/messages|without /v1, which clients add",
                "/x/v1/messages/batches/msgbatch_01AAAAAAAAAAAAAAAAAAAAAA/results|without /x,",
            })
    void aPathWithSomethingInFrontIsToldWhatTheBaseUrlShouldBe(String path, String words)
            throws Exception {
        try (var server = new TestServer()) {
            var answer = server.get(path);

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(json(answer).at("/error/type").asString()).isEqualTo("not_found_error");
            assertThat(json(answer).at("/error/message").asString())
                    .contains(words)
                    .contains("base URL to " + server.server.baseUri() + ",");
        }
    }

    @Test
    void belowAConfiguredPrefixEverythingIsThereAndWithoutItToo() throws Exception {
        try (var server = prefixed()) {
            for (var prefix : List.of("/antigravity", "")) {
                assertThat(server.get(prefix + "/healthz").statusCode()).isEqualTo(200);
                var created = server.post(prefix + "/v1/messages/batches", GOOD);
                assertThat(created.statusCode()).isEqualTo(200);
                var id = new BatchId(json(created).path("id").asString());
                server.desk.end(id, Files.writeString(folder.resolve(id.value()), "{}\n"));

                var path = prefix + "/v1/messages/batches/" + id;
                assertThat(json(server.get(path)).path("results_url").asString())
                        .isEqualTo(server.server.baseUri() + path + "/results");
            }
        }
    }

    @Test
    void aPrefixIsAWholeSegment() throws Exception {
        try (var server = prefixed()) {
            assertThat(server.get("/antigravityX/v1/models").statusCode()).isEqualTo(404);
            assertThat(server.get("/antigravity").statusCode()).isEqualTo(404);
            assertThat(server.get("/antigravity/antigravity/v1/messages").statusCode())
                    .isEqualTo(404);
        }
    }

    private static TestServer prefixed() throws Exception {
        return new TestServer(new ApiConfig.Access("/antigravity", List.of(), List.of()));
    }
}
