package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.gzip;
import static dev.nightmail.api.server.TestServer.json;
import static dev.nightmail.api.server.TestServer.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.engine.desk.BatchDesk.Limits;
import dev.nightmail.engine.memory.SharedMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that want to use the server up: its memory, its connections, its patience. */
@Timeout(60)
class HostileClientsTest {

    private static final int MIB = 1 << 20;
    private static final String HEAD =
            " HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\nanthropic-version: 2023-06-01\r\n";
    private static final String MESSAGES = "POST /v1/messages" + HEAD;
    private static final String CREATE = "POST /v1/messages/batches" + HEAD;
    private static final String MESSAGE = "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[]}";
    private static final TestServer.Forwarding ANSWER =
            TestServer.answering(200, Map.of("content-type", "application/json"), "{}");

    private final List<Socket> sockets = new ArrayList<>();
    private TestServer server;
    private @Nullable SharedMemory memory;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        server.onForward(ANSWER);
    }

    @AfterEach
    void stop() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        server.close();
    }

    private void restart(ApiLimits limits, InstantSource clock, @Nullable SharedMemory budget)
            throws IOException {
        server.close();
        memory = budget;
        server =
                budget == null
                        ? new TestServer(limits, null, clock)
                        : new TestServer(limits, null, clock, budget);
        server.onForward(ANSWER);
    }

    private Socket send(String head, byte... body) throws IOException {
        var socket = server.connect();
        sockets.add(socket);
        TestServer.send(socket, head);
        socket.getOutputStream().write(body);
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        var answer = TestServer.readToEnd(socket);
        return answer.reset() ? "" : answer.text();
    }

    // Memory

    private static SharedMemory budget(long bytes, Duration patience) {
        return new SharedMemory(new SharedMemory.Terms(bytes, patience, 100));
    }

    private void holdOpen(String head, int announced, int sent) throws IOException {
        var start =
                head.equals(CREATE)
                        ? "{\"requests\":[{\"custom_id\":\"a\",\"params\":{\"x\":\""
                        : "{\"x\":\"";
        var body = (start + "y".repeat(sent - start.length())).getBytes(ISO_8859_1);
        send(head + "Content-Length: " + announced + "\r\n\r\n", body);
    }

    /** Two clients stop within large bodies; what they hold is all there is for such. */
    @ParameterizedTest
    @ValueSource(strings = {MESSAGES, CREATE})
    void whenBodiesThatAreHeldOpenUseUpTheMemoryOthersAreToldToComeAgain(String head)
            throws Exception {
        restart(
                ApiLimits.DEFAULT,
                InstantSource.system(),
                budget(16 * MIB, Duration.ofMillis(300)));
        var budget = Objects.requireNonNull(memory);
        // 6 MiB for one holder's large bodies, and one body that may exceed them.
        holdOpen(MESSAGES, 3 * MIB, 2 * MIB);
        await().until(() -> budget.heldBytes() == 3 * MIB);
        holdOpen(head, 20 * MIB, 10 * MIB);
        await().until(() -> budget.heldBytes() >= 13 * MIB);

        var refused = server.post("/v1/messages", " ".repeat(4 * MIB) + MESSAGE);

        assertThat(refused.statusCode()).isEqualTo(529);
        assertThat(refused.headers().firstValue("retry-after")).contains("5");
        assertThat(json(refused).at("/error/type").asString()).isEqualTo("overloaded_error");
        assertThat(server.post("/v1/messages", MESSAGE).statusCode())
                .as("a small one")
                .isEqualTo(200);
    }

    @Test
    void aBodyThatStoppedIsEndedAsSoonAsSomebodyElseWantsItsMemory() throws Exception {
        var now = new AtomicReference<>(InMemoryBatchDesk.START);
        restart(ApiLimits.DEFAULT, now::get, budget(16 * MIB, Duration.ofSeconds(20)));
        var budget = Objects.requireNonNull(memory);
        holdOpen(MESSAGES, 3 * MIB, 2 * MIB);
        await().until(() -> budget.heldBytes() == 3 * MIB);
        holdOpen(MESSAGES, 20 * MIB, 10 * MIB);
        await().until(() -> budget.heldBytes() >= 13 * MIB);
        now.set(InMemoryBatchDesk.START.plusSeconds(20));

        var served = server.post("/v1/messages", " ".repeat(5 * MIB / 2) + MESSAGE);

        assertThat(served.statusCode()).isEqualTo(200);
        assertThat(answer(sockets.getFirst())).as("the one that stopped").isEmpty();
    }

    @Test
    void memoryIsGivenBackWhateverBecomesOfTheCall() throws Exception {
        restart(ApiLimits.DEFAULT, InstantSource.system(), budget(64 * MIB, Duration.ofSeconds(5)));
        var budget = Objects.requireNonNull(memory);
        var large = " ".repeat(2 * MIB);

        assertThat(server.post("/v1/messages", large + MESSAGE).statusCode()).isEqualTo(200);
        assertThat(server.post("/v1/messages", large + "nonsense").statusCode()).isEqualTo(400);
        assertThat(server.post("/v1/messages", " ".repeat(33 * MIB)).statusCode()).isEqualTo(413);
        assertThat(server.create(large + "{").statusCode()).isEqualTo(400);
        assertThat(
                        server.create(
                                        "{\"requests\":[{\"custom_id\":\"a\",\"params\":{\"x\":\""
                                                + "y".repeat(3 * MIB)
                                                + "\"}}]}")
                                .statusCode())
                .isEqualTo(200);
        holdOpen(MESSAGES, 3 * MIB, 2 * MIB);
        await().until(() -> budget.heldBytes() >= 2 * MIB);
        sockets.getLast().close();

        await().until(() -> budget.heldBytes() == 0);
    }

    @Test
    void whatGzipInflatesIsCountedAsItComesOut() throws Exception {
        restart(ApiLimits.DEFAULT, InstantSource.system(), budget(8 * MIB, Duration.ofMillis(200)));
        holdOpen(MESSAGES, 20 * MIB, 10 * MIB);
        var budget = Objects.requireNonNull(memory);
        await().until(() -> budget.heldBytes() >= 10 * MIB);

        var bomb =
                server.send(
                        server.call("/v1/messages")
                                .header("content-encoding", "gzip")
                                .POST(BodyPublishers.ofByteArray(gzip(new byte[20 * MIB]))));

        assertThat(bomb.statusCode()).isEqualTo(529);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/messages", "/v1/messages/batches"})
    void tenThousandEmptyMembersAreABadRequest(String path) throws Exception {
        var empty = gzip(new byte[0]);
        var members = new ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            members.writeBytes(empty);
        }

        var refused =
                server.send(
                        server.call(path)
                                .header("content-encoding", "gzip")
                                .POST(BodyPublishers.ofByteArray(members.toByteArray())));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/error/details/error_code").asString())
                .isEqualTo("request_body_encoding_invalid");
    }

    @Test
    void whatIsSentHasABoundTooHoweverLittleItDecodesTo() throws Exception {
        server.desk.limits(new Limits(10, 100_000));
        var one = gzip("a".getBytes(UTF_8));
        var members = new ByteArrayOutputStream();
        while (members.size() < 400_000) {
            members.writeBytes(one);
        }

        var socket =
                send(
                        CREATE
                                + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + Integer.toHexString(members.size())
                                + "\r\n",
                        members.toByteArray());

        assertThat(status(answer(socket))).isIn(400, 413);
    }

    @Test
    void aBodyCutWithinItsGzipIsABadRequestAtEveryByte() throws Exception {
        var whole = gzip(MESSAGE.getBytes(UTF_8));

        for (int length = 1; length < whole.length; length++) {
            var cut = Arrays.copyOf(whole, length);
            var refused =
                    server.send(
                            server.call("/v1/messages")
                                    .header("content-encoding", "gzip")
                                    .POST(BodyPublishers.ofByteArray(cut)));
            assertThat(refused.statusCode()).as("cut at %d", length).isEqualTo(400);
        }
    }

    // What is not HTTP

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xyz\r\n{}\r\n0\r\n\r\n",
                "2\r\n{}5\r\n0\r\n\r\n",
                "-2\r\n{}\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
                "2\n{}\n0\n\n",
            })
    void malformedChunksAreABadRequest(String chunks) throws Exception {
        for (var head : List.of(MESSAGES, CREATE)) {
            var answer = answer(send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks));

            assertThat(status(answer)).as(head).isEqualTo(400);
            assertThat(answer).contains("invalid_request_error");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "chunked, chunked", "gzip", "identity", "xchunked"})
    void anyTransferCodingButChunkedIsABadRequest(String coding) throws Exception {
        var answer =
                answer(
                        send(
                                MESSAGES
                                        + "Transfer-Encoding: "
                                        + coding
                                        + "\r\n\r\n2\r\n{}\r\n0\r\n\r\n"));

        assertThat(status(answer)).isEqualTo(400);
    }

    @Test
    void aTransferCodingInTwoHeadersIsABadRequest() throws Exception {
        var answer =
                answer(
                        send(
                                MESSAGES
                                        + "Transfer-Encoding: gzip\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "2\r\n"
                                        + "{}\r\n"
                                        + "0\r\n\r\n"));

        assertThat(status(answer)).isEqualTo(400);
    }

    @Test
    void aHeadWhoseLinesEndWithABareLineFeedIsABadRequest() throws Exception {
        var all = "GET /healthz HTTP/1.1\nHost: localhost\n\n";
        var one = "GET /healthz HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n";

        assertThat(status(answer(send(all)))).isEqualTo(400);
        assertThat(status(answer(send(one)))).isEqualTo(400);
    }

    // Heads and connections

    @Test
    void aHeadThatDribblesIsCutOffAndOthersAreServedMeanwhile() throws Exception {
        var now = new AtomicReference<>(InMemoryBatchDesk.START);
        restart(ApiLimits.DEFAULT, now::get, null);
        for (int i = 0; i < 200; i++) {
            send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nx-");
        }
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);

        now.set(InMemoryBatchDesk.START.plusSeconds(20));
        sockets.getFirst().getOutputStream().write('a');
        now.set(InMemoryBatchDesk.START.plusSeconds(31));

        for (var socket : sockets) {
            assertThat(answer(socket)).isEmpty();
        }
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void theSecondHeadOfAConnectionHasItsTimeToo() throws Exception {
        var now = new AtomicReference<>(InMemoryBatchDesk.START);
        restart(ApiLimits.DEFAULT, now::get, null);
        var socket = send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var first = socket.getInputStream().readNBytes(15);
        assertThat(new String(first, ISO_8859_1)).isEqualTo("HTTP/1.1 200 OK");
        // Idle for a while is no fault.
        now.set(InMemoryBatchDesk.START.plusSeconds(45));
        socket.getOutputStream().write("GET /heal".getBytes(ISO_8859_1));
        TimeUnit.MILLISECONDS.sleep(2_500);
        now.set(InMemoryBatchDesk.START.plusSeconds(80));

        assertThat(answer(socket)).doesNotContain("HTTP/1.1");
    }

    @Test
    void oneAddressGetsNoMoreConnectionsThanItsShare() throws Exception {
        restart(ApiLimits.DEFAULT.withConnections(100, 5), InstantSource.system(), null);
        for (int i = 0; i < 5; i++) {
            send("");
        }
        await().until(() -> answer(send("GET /healthz" + HEAD + "\r\n")).isEmpty());

        sockets.removeFirst().close();

        await().until(() -> {
            var answer = answer(send("GET /healthz" + HEAD + "Connection: close\r\n\r\n"));
            return answer.startsWith("HTTP/1.1 200");
        });
    }

    // Headers and paths

    @Test
    void betasThatNoServiceWouldTakeAreRefusedAtCreate() throws Exception {
        for (var betas :
                List.of(
                        "b".repeat(20_000),
                        IntStream.range(0, 65)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(",")))) {
            var refused =
                    server.send(
                            server.call("/v1/messages/batches")
                                    .header("anthropic-beta", betas)
                                    .POST(BodyPublishers.ofString("{\"requests\":[]}")));
            assertThat(refused.statusCode()).isEqualTo(400);
        }
        var refused =
                server.send(
                        server.call("/v1/messages/batches")
                                .header("anthropic-beta", "b".repeat(20_000))
                                .POST(BodyPublishers.ofString("{}")));
        assertThat(json(refused).at("/error/message").asString()).startsWith("anthropic-beta:");
        assertThat(server.desk.drafts).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models/..%2F..%2Fadmin",
                "/v1/models/a%2F..%2Fb",
                "/v1/models/%2e%2e%2fadmin",
                "/v1/models/a%2F%2Fb",
                "/v1/models/a%2F",
                "/v1/models/%2Fetc",
                "/v1/models/a%00b",
                "/v1/models/a%0Ab",
                "/v1/models/a%5C..%5Cb",
                "/v1/models/%252e%252e%252fadmin",
                "/v1/models/a%3Fb=c",
                "/v1/models/a%23b",
                "/v1/models/%c0%ae%c0%ae%2fadmin",
                "/v1/models/.%2e%2Fx",
                "/v1/models/..%3B%2Fadmin",
            })
    void anIdThatIsAPathIsABadRequestAndReachesNobody(String path) throws Exception {
        server.onForward((_, _, _) -> {
            throw new IllegalStateException("forwarded");
        });

        var answer = answer(send("GET " + path + HEAD + "Connection: close\r\n\r\n"));

        assertThat(status(answer)).as(answer).isEqualTo(400);
        assertThat(answer).contains("invalid_request_error");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-sonnet-4-5, claude-sonnet-4-5",
        "meta-llama%2FLlama-3.1-8B, meta-llama/Llama-3.1-8B",
        "llama3:8b, llama3:8b",
        "gpt-4o@2024, gpt-4o@2024",
    })
    void anIdOfAModelPasses(String encoded, String id) throws Exception {
        var seen = new AtomicReference<@Nullable String>();
        server.onForward((model, call, sink) -> {
            seen.set(model);
            ANSWER.forward(model, call, sink);
        });

        assertThat(server.get("/v1/models/" + encoded).statusCode()).isEqualTo(200);
        assertThat(seen).hasValue(id);
    }

    @ParameterizedTest
    @CsvSource({
        "//v1/messages, without a slash at its end",
        "//v1/messages/batches, without a slash at its end",
        "/v1//messages, two slashes in a row",
        "/v1/v1/messages, 'without /v1, which clients add'",
    })
    void aPathThatABaseUrlHasSpoiltIsNotFoundAndSaysSo(String path, String hint) throws Exception {
        var answer =
                answer(
                        send(
                                "POST "
                                        + path
                                        + HEAD
                                        + "Connection: close\r\nContent-Length: 2\r\n\r\n{}"));

        assertThat(status(answer)).isEqualTo(404);
        assertThat(answer).contains("not_found_error").contains(hint);
    }
}
