package dev.nightmail.pipeline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class BatchesClientTest {

    private FakeBatches server;
    private final TestWorld world = new TestWorld(1);

    @BeforeEach
    void startServer() throws Exception {
        server = new FakeBatches().endingAfterPolls(0);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resultsSurviveAConnectionThatBreaksManyTimes(boolean ranges) throws Exception {
        if (!ranges) {
            server.withoutRanges();
        }
        try (var client = client(true)) {
            var batch = client.create(body(200), "k");
            server.cutDownloads.set(3);
            // Without ranges each download starts over, so it must get further than the last.
            server.cutResultsAfterBytes.set(10_007);

            assertThat(idsOf(client, batch.id())).hasSize(200).doesNotHaveDuplicates();
        }
    }

    @Test
    void aCreateWithoutAnAnswerIsRepeatedOnlyWhereThatIsSafe() throws Exception {
        server.loseCreateAnswers.set(1);
        try (var client = client(true)) {
            client.create(body(2), "k1");
        }
        assertThat(server.batches()).hasSize(1);

        server.loseCreateAnswers.set(1);
        try (var client = client(false)) {
            assertThatThrownBy(() -> client.create(body(2), "k2"))
                    .isInstanceOf(AnswerLostException.class);
        }
        assertThat(server.batches()).hasSize(2);
    }

    @Test
    void aServerThatSaysItHonoursIdempotencyKeysIsBelieved() throws Exception {
        server.sayingWhatItHonours().loseCreateAnswers.set(1);
        try (var client = client(false)) {
            client.create(body(2), "k");

            assertThat(client.honoursIdempotencyKeys()).isTrue();
        }
        assertThat(server.batches()).hasSize(1);
    }

    @Test
    void aServerThatSaysNothingOfIdempotencyKeysIsNotTrusted() throws Exception {
        try (var client = client(false)) {
            assertThat(client.honoursIdempotencyKeys()).isFalse();
        }
    }

    @Test
    void aCreateThatMayHaveBeenTakenIsNotCalledUnreachableLater() throws Exception {
        server.loseCreateAnswers.set(1);
        try (var client =
                new BatchesClient(
                        new Endpoint(server.uri(), new Secret("key"), "test", true),
                        TestWorld.clientLimits(),
                        world.clock(),
                        _ -> server.close(),
                        world.random())) {
            assertThatThrownBy(() -> client.create(body(2), "k"))
                    .isInstanceOf(AnswerLostException.class);
        }
        assertThat(server.batches()).hasSize(1);
    }

    @Test
    void aRefusalSaysStatusTypeMessageAndRequest() throws Exception {
        server.refuseCreate.set(413);
        try (var client = client(true)) {
            assertThatThrownBy(() -> client.create(body(1), "k"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "creating a batch was refused: 413 invalid_request_error: because (request req_1)");
        }
    }

    @Test
    void errorsThatPassAreWaitedOut() throws Exception {
        try (var client = client(true)) {
            var batch = client.create(body(1), "k");
            server.failLookUps.set(2);
            assertThat(client.retrieve(batch.id()).hasEnded()).isTrue();
            server.failLookUps.set(3);
            assertThatThrownBy(() -> client.retrieve(batch.id()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("500 api_error");
        }
    }

    @Test
    void aRetryAfterThatIsADateIsObeyed() throws Exception {
        try (var client = client(true)) {
            var batch = client.create(body(1), "k");
            var begin = world.clock().instant();
            server.retryAfter.set(
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(
                            begin.plusSeconds(90).atZone(ZoneOffset.UTC)));
            server.failLookUps.set(1);

            client.retrieve(batch.id());

            assertThat(Duration.between(begin, world.clock().instant()))
                    .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(92));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "NaN", "-7", "Sat, 21 Nov 1970 12:00:00 GMT"})
    void aRetryAfterThatMeansNothingIsPassedOver(String value) throws Exception {
        try (var client = client(true)) {
            var batch = client.create(body(1), "k");
            server.retryAfter.set(value);
            server.failLookUps.set(1);

            assertThat(client.retrieve(batch.id()).id()).isEqualTo(batch.id());
        }
    }

    @Test
    void aCreateThatMayHaveBeenTakenIsNotCalledRefusedLater() throws Exception {
        server.loseCreateAnswers.set(1);
        server.overloadCreates.set(10);
        try (var client = client(true)) {
            assertThatThrownBy(() -> client.create(body(1), "k"))
                    .isInstanceOf(AnswerLostException.class)
                    .hasMessageContaining("529");
        }
        assertThat(server.batches()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 503})
    void aCreateAnsweredWithMoreThanIsReadMayHaveBeenTaken(int status) throws Exception {
        server.createAnswers.add(
                new FakeBatches.Foreign(
                        status, "text/html", "<html>" + " ".repeat(16 * 1024 * 1024)));
        try (var client = client(false)) {
            assertThatThrownBy(() -> client.create(body(1), "k"))
                    .isInstanceOf(AnswerLostException.class);
        }
        assertThat(server.batches()).hasSize(1);
    }

    private void answering(String call, String body) {
        server.answering(call, new FakeBatches.Foreign(200, "application/json", body));
    }

    @Test
    void anEntryThatLacksSomethingHidesNoOther() throws Exception {
        answering(
                "GET /v1/messages/batches",
                "\uFEFF{\"data\":[{},{\"id\":\"msgbatch_1\",\"expires_at\":\"soon\"},7],\"has_more\":false}");
        try (var client = client(true)) {
            var page = client.list(10, null);

            assertThat(page.batches()).extracting(BatchSnapshot::id).containsExactly("msgbatch_1");
            assertThat(page.batches().getFirst().createdAt()).isNull();
            assertThat(page.next()).isNull();
            assertThat(page.hasGap()).isTrue();
        }
    }

    @Test
    void whetherThereAreMoreIsSaidByTheNextPageIfByNoOther() throws Exception {
        try (var client = client(true)) {
            answering("GET /v1/messages/batches", "{\"data\":[{\"id\":\"msgbatch_1\"}]}");
            assertThat(client.list(10, null).next()).isEqualTo("msgbatch_1");
            assertThat(client.list(10, "msgbatch_1"))
                    .as("the same page once more")
                    .isEqualTo(new BatchPage(List.of(), null, true));

            answering("GET /v1/messages/batches", "{\"data\":[]}");
            assertThat(client.list(10, "msgbatch_1"))
                    .isEqualTo(new BatchPage(List.of(), null, false));

            answering("GET /v1/messages/batches", "{\"data\":[],\"has_more\":true}");
            assertThat(client.list(10, "msgbatch_1"))
                    .isEqualTo(new BatchPage(List.of(), null, true));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"data\":{}}", "[]", "<html>"})
    void whatIsNoPageIsNotAnEmptyOne(String body) throws Exception {
        answering("GET /v1/messages/batches", body);
        try (var client = client(true)) {
            assertThatThrownBy(() -> client.list(10, null))
                    .isInstanceOf(BrokenAnswerException.class);
        }
    }

    @Test
    void aBatchIsMadeIfItIsSaidWhichAndHowItStands() throws Exception {
        try (var client = client(false)) {
            server.createAnswers.add(
                    new FakeBatches.Foreign(
                            201,
                            "text/plain",
                            "\uFEFF{\"id\":\"msgbatch_1\",\"processing_status\":\"in_progress\"}"));
            assertThat(client.create(body(1), "k").id()).isEqualTo("msgbatch_1");

            server.createAnswers.add(
                    new FakeBatches.Foreign(200, "application/json", "{\"id\":\"msgbatch_1\"}"));
            assertThatThrownBy(() -> client.create(body(1), "k"))
                    .isInstanceOf(AnswerLostException.class);
        }
    }

    @Test
    void anEndpointNobodyListensAtIsUnreachable() throws Exception {
        var nobody = server.uri();
        server.close();
        try (var client =
                new BatchesClient(
                        Endpoint.at(nobody, new Secret("key")),
                        TestWorld.clientLimits(),
                        world.clock(),
                        world.pause(),
                        world.random())) {
            assertThatThrownBy(() -> client.create(body(1), "k"))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessageContaining("cannot be reached");
        }
    }

    @Test
    void aKeyIsNeverPrinted() {
        assertThat(
                        Endpoint.at(
                                        URI.create("http://localhost:1/prefix/"),
                                        new Secret("sk-very-secret"))
                                .toString())
                .doesNotContain("secret");
    }

    private BatchesClient client(boolean honours) {
        return new BatchesClient(
                new Endpoint(server.uri(), new Secret("key"), "test", honours),
                TestWorld.clientLimits(),
                world.clock(),
                world.pause(),
                world.random());
    }

    private static List<String> idsOf(BatchesClient client, String batchId)
            throws InterruptedException {
        var ids = new ArrayList<String>();
        try (var results = client.results(batchId)) {
            for (var line = results.nextLine(); line != null; line = results.nextLine()) {
                var text = new String(line, StandardCharsets.UTF_8);
                ids.add(text.substring(0, text.indexOf(",\"result\"")));
            }
        }
        return ids;
    }

    private static RequestBody body(int requests) {
        var json =
                IntStream.range(0, requests)
                        .mapToObj(number -> "{\"custom_id\":\"c" + number + "\",\"params\":{}}")
                        .collect(Collectors.joining(",", "{\"requests\":[", "]}"))
                        .getBytes(StandardCharsets.UTF_8);
        return new RequestBody() {
            @Override
            public long bytes() {
                return json.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(json);
            }
        };
    }
}
