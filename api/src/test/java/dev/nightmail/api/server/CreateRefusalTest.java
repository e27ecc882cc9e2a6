package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.api.json.JsonTestSuite;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.catalog.CatalogException;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.journal.StorageFullException;
import dev.nightmail.core.key.Scope;
import dev.nightmail.engine.desk.BatchDesk.Limits;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateRefusalTest {

    private static final String GOOD = "{\"requests\":[{\"custom_id\":\"a\",\"params\":{}}]}";

    @TempDir private Path folder;
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|requests: Field required",
                "{'requests':[]}|requests: List should have at least 1 item after validation, not 0",
                "{'requests':{}}|requests: Input should be a list",
                "{'requests':[7]}|requests.0: Input should be an object",
                "{'requests':[{'params':{}}]}|requests.0.custom_id: Field required",
                "{'requests':[{'custom_id':'a'}]}|requests.0.params: Field required",
                "{'requests':[{'custom_id':7,'params':{}}]}"
                        + "|requests.0.custom_id: Input should be a valid string",
                "{'requests':[{'custom_id':'a.b','params':{}}]}"
                        + "|requests.0.custom_id: String should match pattern"
                        + " '^[a-zA-Z0-9_-]{1,64}$', got 'a.b'",
                "{'requests':[{'custom_id':'a','params':[]}]}"
                        + "|requests.0.params: Input should be an object",
                "{'requests':[{'custom_id':'a','params':{},'foo':{'x':1}}]}"
                        + "|requests.0.foo: Extra inputs are not permitted",
                "{'requests':[{'custom_id':'a','params':{}}],'foo':1}"
                        + "|foo: Extra inputs are not permitted",
                "{'requests':[{'custom_id':'a','custom_id':'b','params':{}}]}"
                        + "|requests.0.custom_id: given twice",
                "{'requests':[{'custom_id':'a','params':{},'params':{}}]}"
                        + "|requests.0.params: given twice",
                "{'requests':[{'custom_id':'a','params':{}}],'requests':[]}|requests: given twice",
                "[]|the body: Input should be an object",
                "{'requests':[{'custom_id':'a','params':{'stream':true}}]}"
                        + "|requests.0.params.stream: a batch does not stream; leave it out or set"
                        + " it to false",
            })
    void whatIsWrongIsNamedByItsField(String body, String message) throws Exception {
        var response =
                server.create(body.replace('\'', '"').replace("\"^", "'^").replace("$\"", "$'"));

        assertInvalid(response, message);
        assertNothingIsLeft();
    }

    @Test
    void allOffendersAreNamedAtOnceAndDuplicatesWithBothIndices() throws Exception {
        var response =
                server.create(
                        """
                        {"requests":[{"custom_id":"a","params":{}},{"custom_id":"b c","params":{}},
                        {"custom_id":"\\u0061","params":{}},{"custom_id":"%s","params":{}}]}
                        """
                                .formatted("x".repeat(65)));

        assertInvalid(
                response,
                "requests.1.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$',"
                        + " got 'b c'; requests.2.custom_id: 'a' is already the custom_id of"
                        + " requests.0; requests.3.custom_id: String should have at most 64"
                        + " characters, got '"
                        + "x".repeat(65)
                        + "'");
        assertNothingIsLeft();
    }

    @Test
    void ofVeryManyOffendersTheRestIsCounted() throws Exception {
        var body = "{\"requests\":[" + "{},".repeat(29) + "{}]}";

        var message = json(server.create(body)).at("/error/message").asString();

        assertThat(message)
                .startsWith("requests.0.custom_id: Field required; requests.0.params: ")
                .endsWith("requests.9.params: Field required; and 40 more");
    }

    @Test
    void moreRequestsThanAllowedAreRefusedWithTheLimit() throws Exception {
        server.desk.limits(new Limits(2, 1_000_000));

        var response =
                server.create(
                        """
                        {"requests":[{"custom_id":"a","params":{}},{"custom_id":"b","params":{}},
                        {"custom_id":"c","params":{}}]}
                        """);

        assertInvalid(
                response, "requests: List should have at most 2 items after validation, not 3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"requests\":[{\"custom_id\":\"a\",\"params\":{}}]",
                "{\"requests\":[{\"custom_id\":\"a\",\"params\":{}}]} x",
                "{\"requests\":[{\"custom_id\":\"a\",\"params\":{}},]}",
                "\uFEFF{\"requests\":[{\"custom_id\":\"a\",\"params\":{}}]}",
            })
    void whatIsNotJsonIsRefusedWithTheReason(String body) throws Exception {
        var response = server.create(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asString())
                .startsWith("the body is not valid JSON: ")
                .contains("at line 1, column ");
        assertNothingIsLeft();
    }

    @Test
    void aBodyLargerThanAllowedIsRefusedWithLimitAndSize() throws Exception {
        server.desk.limits(new Limits(10, 100));
        var body = GOOD + " ".repeat(1_000);

        var announced = server.create(body);
        var streamed =
                server.send(
                        server.call("/v1/messages/batches")
                                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(body))));

        assertThat(announced.statusCode()).isEqualTo(413);
        assertThat(json(announced).at("/error/type").asString()).isEqualTo("request_too_large");
        assertThat(json(announced).at("/error/message").asString())
                .isEqualTo(
                        "the request body may have at most 100 bytes, and content-length"
                                + " announces 1044");
        assertThat(streamed.statusCode()).isEqualTo(413);
        assertThat(json(streamed).at("/error/message").asString())
                .startsWith("the request body may have at most 100 bytes, and at least");
        assertNothingIsLeft();
    }

    @Test
    void oneRequestThatIsTooLargeIsNamedAndTheRestStillRead() throws Exception {
        var response =
                server.create(
                        "{\"requests\":[{\"custom_id\":\"a\",\"params\":{\"x\":\""
                                + "x".repeat(40 * 1024 * 1024)
                                + "\"}},{\"custom_id\":\"a\",\"params\":{}}]}");

        assertInvalid(
                response,
                "requests.0.params: one request may have at most 33554432 bytes;"
                        + " requests.1.custom_id: 'a' is already the custom_id of requests.0");
        assertNothingIsLeft();
    }

    @Test
    void aCompressedBodyIsTakenInAndLimitedAfterDecoding() throws Exception {
        server.desk.limits(new Limits(10, 10_000));

        var good = server.send(gzipped(GOOD));
        var large = server.send(gzipped(GOOD + " ".repeat(20_000)));

        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(json(large).at("/error/details/error_code").asString())
                .isEqualTo("request_body_too_large_after_decoding");
    }

    @Test
    void otherEncodingsAreRefusedWithTheirCode() throws Exception {
        var unknown =
                server.send(
                        server.call("/v1/messages/batches")
                                .header("content-encoding", "br")
                                .POST(BodyPublishers.ofString(GOOD)));
        var wrong =
                server.send(
                        server.call("/v1/messages/batches")
                                .header("content-encoding", "gzip")
                                .POST(BodyPublishers.ofString(GOOD)));

        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(json(unknown).at("/error/details/error_code").asString())
                .isEqualTo("request_body_encoding_unsupported");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(json(wrong).at("/error/details/error_code").asString())
                .isEqualTo("request_body_encoding_invalid");
        assertNothingIsLeft();
    }

    @Test
    void aKeyThatMayNotReadIsShownItsOwnCreateAgainAndNoMore() throws Exception {
        server.makeKey("key_1", Scope.SUBMIT);
        var first = create(GOOD, "import-7");
        var id = new BatchId(json(first).path("id").asString());
        server.desk.end(id, Files.writeString(folder.resolve("results.jsonl"), "{}\n"));

        var again = create(GOOD, "import-7");

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body()).contains("in_progress");
    }

    @Test
    void aKeyThatMayNotReadIsShownNoBatchOfAnotherKey() throws Exception {
        server.makeKey("key_1", Scope.SUBMIT);
        var id = json(create(GOOD, "import-7")).path("id").asString();
        server.makeKey("key_2", Scope.SUBMIT);

        var again = create(GOOD, "import-7");

        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(again.body()).doesNotContain(id).contains("lacks the scope 'read'");
    }

    @Test
    void aKeyThatMayReadIsShownHowTheBatchStandsNow() throws Exception {
        server.makeKey("key_1", Scope.SUBMIT);
        var id = new BatchId(json(create(GOOD, "import-7")).path("id").asString());
        server.desk.end(id, Files.writeString(folder.resolve("results.jsonl"), "{}\n"));
        server.makeKey("key_2", Scope.SUBMIT, Scope.READ);

        assertThat(json(create(GOOD, "import-7")).path("processing_status").asString())
                .isEqualTo("ended");
    }

    @Test
    void theSameIdempotencyKeyBringsTheSameBatch() throws Exception {
        var first = create(GOOD, "key 1");
        var again = create(GOOD, "key 1");
        var other = create(GOOD.replace("\"a\"", "\"b\""), "key 1");

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(first.headers().firstValue("idempotent-replayed")).isEmpty();
        assertThat(again.headers().firstValue("idempotent-replayed")).hasValue("true");
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(json(other).at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(create(GOOD, "x".repeat(256)).statusCode()).isEqualTo(400);
    }

    @Test
    void aServerThatStopsAsksToTryAgain() throws Exception {
        server.desk.failWith(new StoppingException());

        var response = server.create(GOOD);

        assertThat(response.statusCode()).isEqualTo(529);
        assertThat(json(response).at("/error/type").asString()).isEqualTo("overloaded_error");
        assertThat(response.headers().firstValue("retry-after")).hasValue("5");
    }

    static Stream<RuntimeException> storageWithoutRoom() {
        return Stream.of(
                new JournalException(
                        "writing /secret/path",
                        new StorageFullException("no room left on the disk", null)),
                new JournalException(
                        "writing /secret/path", new IOException("No space left on device")),
                new CatalogException(
                        "the catalog failed: [SQLITE_FULL] Insertion failed because database"
                                + " is full (database or disk is full)"));
    }

    @ParameterizedTest
    @MethodSource("storageWithoutRoom")
    void aFullDiskIsSaidAndNotRetried(RuntimeException failure) throws Exception {
        server.desk.failWith(failure);

        var response = server.create(GOOD);

        assertThat(response.statusCode()).isEqualTo(507);
        assertThat(json(response).at("/error/type").asString()).isEqualTo("api_error");
        assertThat(json(response).at("/error/details/error_code").asString())
                .isEqualTo("storage_full");
        assertThat(json(response).at("/error/message").asString())
                .isEqualTo(
                        "the server's disk is full: nothing of this call was kept; send it again"
                                + " when there is room");
        assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
        assertNothingIsLeft();
    }

    static Stream<RuntimeException> storageThatFails() {
        return Stream.of(
                new JournalException("writing /secret/path", new IOException("Input/output error")),
                new CatalogException("the catalog failed: [SQLITE_IOERR_FSYNC] /secret/path"));
    }

    @ParameterizedTest
    @MethodSource("storageThatFails")
    void storageThatFailsIsSaidWithoutDetail(RuntimeException failure) throws Exception {
        server.desk.failWith(failure);

        var response = server.create(GOOD);

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(json(response).at("/error/type").asString()).isEqualTo("api_error");
        assertThat(json(response).at("/error/message").asString())
                .isEqualTo("the server's storage failed; nothing was acknowledged");
        assertNothingIsLeft();
    }

    @Test
    void theTestSuiteDecidesWhatJsonIs() throws Exception {
        var softly = new SoftAssertions();
        for (var file : JsonTestSuite.files()) {
            var name = file.getFileName().toString();
            var bytes = Files.readAllBytes(file);
            int asBody = server.post("/v1/messages/batches", bytes).statusCode();
            int asParams = server.post("/v1/messages/batches", insideParams(bytes)).statusCode();
            softly.assertThat(asBody).as(name + " as the body").isEqualTo(400);
            if (name.startsWith("y_")) {
                softly.assertThat(asParams).as(name + " inside params").isEqualTo(200);
            } else if (name.startsWith("n_")) {
                softly.assertThat(asParams).as(name + " inside params").isEqualTo(400);
            } else {
                softly.assertThat(asParams).as(name + " inside params").isIn(200, 400);
            }
        }
        softly.assertAll();
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    }

    /** As the one value inside params. */
    private static byte[] insideParams(byte[] json) {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"requests\":[{\"custom_id\":\"a\",\"params\":{\"x\":".getBytes(UTF_8));
        body.writeBytes(json);
        body.writeBytes("}}]}".getBytes(UTF_8));
        return body.toByteArray();
    }

    private HttpResponse<String> create(String body, String idempotencyKey) throws Exception {
        return server.send(
                server.call("/v1/messages/batches")
                        .header("idempotency-key", idempotencyKey)
                        .POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder gzipped(String body) throws IOException {
        return server.call("/v1/messages/batches")
                .header("content-encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(TestServer.gzip(body.getBytes(UTF_8))));
    }

    private static void assertInvalid(HttpResponse<String> response, String message) {
        assertThat(json(response).at("/error/message").asString()).isEqualTo(message);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/type").asString()).isEqualTo("invalid_request_error");
    }

    private void assertNothingIsLeft() {
        assertThat(server.desk.drafts).allMatch(InMemoryDraft::closed);
        assertThat(server.desk.drafts).noneMatch(InMemoryDraft::committed);
    }
}
