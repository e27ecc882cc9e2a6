package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.engine.desk.BatchDesk.Terms;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchEndpointsTest {

    private static final String TWO_REQUESTS =
            """
            {"requests":[
              {"custom_id":"a","params":{"model":"m-1","max_tokens":7,"messages":[]}},
              {"params":{"max_tokens":8,"x":{"y":[1,2,{}]},"model":"m-2"},"custom_id":"b"}]}
            """;

    @TempDir Path folder;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aNewBatchShowsAllTenFields() throws Exception {
        var response = server.create(TWO_REQUESTS);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        var id = json(response).path("id").asString();
        assertThat(response.body())
                .isEqualTo(
                        """
                        {"id":"%s","type":"message_batch","processing_status":"in_progress",\
                        "request_counts":{"processing":2,"succeeded":0,"errored":0,"canceled":0,\
                        "expired":0},"ended_at":null,"created_at":"2026-11-20T21:30:01.123456Z",\
                        "expires_at":"2026-11-21T21:30:01.123456Z","archived_at":null,\
                        "cancel_initiated_at":null,"results_url":null}\
                        """
                                .formatted(id));
    }

    @Test
    void aRequestReachesTheDraftByteForByte() throws Exception {
        server.create(TWO_REQUESTS);

        var entries = server.desk.drafts.getFirst().entries();
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).params())
                .isEqualTo("{\"model\":\"m-1\",\"max_tokens\":7,\"messages\":[]}");
        assertThat(entries.get(0).summary().model()).isEqualTo("m-1");
        assertThat(entries.get(0).summary().outputTokensMax()).isEqualTo(7);
        assertThat(entries.get(1).customId().value()).isEqualTo("b");
        assertThat(entries.get(1).params())
                .isEqualTo("{\"max_tokens\":8,\"x\":{\"y\":[1,2,{}]},\"model\":\"m-2\"}");
        assertThat(entries.get(1).summary().model()).isEqualTo("m-2");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 2", "NOT_GIVEN, 0", "-1, 0", "1.5, 0", "99999999999, 0"})
    void howOftenAnSdkHasSentACreateGoesWithIt(String header, int resends) throws Exception {
        server.send(
                server.call("/v1/messages/batches")
                        .header("x-stainless-retry-count", header)
                        .POST(BodyPublishers.ofString(TWO_REQUESTS)));
        server.create(TWO_REQUESTS);

        assertThat(server.desk.terms).extracting(Terms::resends).containsExactly(resends, 0);
        assertThat(server.desk.terms.get(0).bodySha256())
                .isEqualTo(server.desk.terms.get(1).bodySha256());
    }

    @Test
    void aBatchIsFoundRightAfterItWasCreated() throws Exception {
        var created = server.create(TWO_REQUESTS);

        var found = server.get("/v1/messages/batches/" + id(created) + "?beta=true");

        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(found.body()).isEqualTo(created.body());
    }

    @Test
    void anEndedBatchNamesTheUrlOfItsResults() throws Exception {
        var id = ended("{}\n");

        var batch = json(server.get("/v1/messages/batches/" + id));

        assertThat(batch.path("processing_status").asString()).isEqualTo("ended");
        assertThat(batch.path("ended_at").asString()).isEqualTo("2026-11-20T21:31:01.123456Z");
        assertThat(batch.path("results_url").asString())
                .isEqualTo(server.server.baseUri() + "/v1/messages/batches/" + id + "/results");
    }

    @Test
    void anArchivedBatchHasNoResultsAnyMore() throws Exception {
        var id = ended("{}\n");
        server.desk.archive(id);

        var batch = json(server.get("/v1/messages/batches/" + id));
        var results = server.get("/v1/messages/batches/" + id + "/results");

        assertThat(batch.path("results_url").isNull()).isTrue();
        assertThat(batch.path("archived_at").asString()).isEqualTo("2026-12-19T21:30:01.123456Z");
        assertThat(results.statusCode()).isEqualTo(404);
        assertThat(json(results).at("/error/type").asString()).isEqualTo("not_found_error");
    }

    @Test
    void cancelingTwiceGivesTheSameAnswer() throws Exception {
        var path = "/v1/messages/batches/" + id(server.create(TWO_REQUESTS)) + "/cancel";

        var first = server.post(path, "");
        var second = server.post(path, "");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(json(first).path("processing_status").asString()).isEqualTo("canceling");
        assertThat(json(first).path("cancel_initiated_at").asString())
                .isEqualTo("2026-11-20T21:30:06.123456Z");
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void anEndedBatchCannotBeCanceledAndTheClientIsToldNotToRetry() throws Exception {
        var id = ended("{}\n");

        var response = server.post("/v1/messages/batches/" + id + "/cancel", "");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(json(response).at("/error/type").asString()).isEqualTo("invalid_request_error");
    }

    @Test
    void aBatchIsDeletedOnceItHasEnded() throws Exception {
        var running = id(server.create(TWO_REQUESTS));
        var ended = ended("{}\n");

        var refused = server.send(server.call("/v1/messages/batches/" + running).DELETE());
        var deleted = server.send(server.call("/v1/messages/batches/" + ended).DELETE());

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/error/message").asString()).contains("in_progress");
        assertThat(deleted.body())
                .isEqualTo("{\"id\":\"" + ended + "\",\"type\":\"message_batch_deleted\"}");
        assertThat(server.get("/v1/messages/batches/" + ended).statusCode()).isEqualTo(404);
    }

    @Test
    void resultsAreNotFoundBeforeTheEndAndTheErrorSaysWhy() throws Exception {
        var id = id(server.create(TWO_REQUESTS));

        var response = server.get("/v1/messages/batches/" + id + "/results");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).at("/error/message").asString()).contains("in_progress");
    }

    @Test
    void pagesAreWalkedInBothDirections() throws Exception {
        var ids = new String[5];
        for (int i = 0; i < 5; i++) {
            ids[4 - i] = id(server.create(TWO_REQUESTS));
        }

        var newest = json(server.get("/v1/messages/batches?limit=2"));
        var older = json(server.get("/v1/messages/batches?after_id=" + ids[1] + "&limit=3"));
        var newer = json(server.get("/v1/messages/batches?limit=2&before_id=" + ids[4]));

        assertThat(newest.path("data").size()).isEqualTo(2);
        assertThat(newest.path("has_more").asBoolean()).isTrue();
        assertThat(newest.path("first_id").asString()).isEqualTo(ids[0]);
        assertThat(newest.path("last_id").asString()).isEqualTo(ids[1]);
        assertThat(older.path("first_id").asString()).isEqualTo(ids[2]);
        assertThat(older.path("has_more").asBoolean()).isFalse();
        assertThat(newer.path("first_id").asString()).isEqualTo(ids[2]);
        assertThat(newer.path("last_id").asString()).isEqualTo(ids[3]);
        assertThat(newer.path("has_more").asBoolean()).isTrue();
    }

    @Test
    void anEmptyPageIsStillAPage() throws Exception {
        assertThat(server.get("/v1/messages/batches").body())
                .isEqualTo("{\"data\":[],\"has_more\":false,\"first_id\":null,\"last_id\":null}");
    }

    private BatchId ended(String results) throws Exception {
        var id = new BatchId(id(server.create(TWO_REQUESTS)));
        server.desk.end(id, Files.writeString(folder.resolve(id.value()), results));
        return id;
    }

    private static String id(HttpResponse<String> created) {
        return json(created).path("id").asString();
    }
}
