package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.readToEnd;
import static dev.nightmail.api.server.TestServer.send;
import static dev.nightmail.api.server.TestServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.engine.desk.BatchDesk.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Clients that do not keep to HTTP, or to their word. */
class BadClientsTest {

    private static final String CREATE =
            """
            POST /v1/messages/batches HTTP/1.1\r
            Host: localhost\r
            x-api-key: k\r
            anthropic-version: 2023-06-01\r
            """;
    private static final String HALF = "{\"requests\":[{\"custom_id\":\"a\",\"params\":{}},";

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
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET /v1/models HTTP/9.9\r\nHost: x\r\n\r\n",
                "GET /v1/mod%els HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
                "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                        + "Content-Length: 2\r\n\r\n{}",
            })
    void whatIsNotHttpGetsAnErrorOfTheWiresShape(String call) throws Exception {
        assertThat(status(error(call))).isBetween(400, 599);
    }

    @Test
    void headersThatAreTooLargeAreRefused() throws Exception {
        var answer =
                error(
                        "GET /v1/models HTTP/1.1\r\nHost: x\r\nx: "
                                + "x".repeat(40_000)
                                + "\r\n\r\n");

        assertThat(status(answer)).isEqualTo(431);
    }

    @Test
    void aClientThatStillSendsATooLargeBodyReadsTheAnswerAllTheSame() throws Exception {
        server.desk.limits(new Limits(10, 1_000));
        var body = " ".repeat(20_000_000);

        var answer = error(CREATE + "Content-Length: " + body.length() + "\r\n\r\n" + body);

        assertThat(status(answer)).isEqualTo(413);
        assertThat(answer.toLowerCase(Locale.ROOT)).contains("connection: close");
    }

    @Test
    void aClientThatWaitsToBeAskedIsToldBeforeItSendsAnything() throws Exception {
        server.desk.limits(new Limits(10, 1_000));

        var answer = error(CREATE + "Expect: 100-continue\r\nContent-Length: 9999\r\n\r\n");

        assertThat(status(answer)).isEqualTo(413);
    }

    @Test
    void aBodyThatBreaksOffLeavesNothing() throws Exception {
        try (var socket = server.connect()) {
            send(socket, CREATE + "Content-Length: 10000\r\n\r\n" + HALF);
            await().until(() -> !server.desk.drafts.isEmpty());
        }

        assertNothingIsLeft();
    }

    @Test
    void aBodyThatStopsComingIsGivenUp() throws Exception {
        restart(withIdleTimeout(Duration.ofMillis(200)));

        var answer = error(CREATE + "Content-Length: 10000\r\n\r\n" + HALF);

        assertThat(status(answer)).isEqualTo(408);
        assertNothingIsLeft();
    }

    @Test
    void aBodyThatDribblesIsGivenUp() throws Exception {
        var now = new AtomicReference<>(InMemoryBatchDesk.START);
        server.close();
        server = new TestServer(ApiLimits.DEFAULT, null, now::get);

        try (var socket = server.connect()) {
            send(socket, CREATE + "Content-Length: 10000\r\n\r\n" + HALF);
            await().until(() -> !server.desk.drafts.isEmpty());
            now.set(InMemoryBatchDesk.START.plusSeconds(40));
            send(socket, " ");

            assertThat(status(readToEnd(socket).whole())).isEqualTo(408);
        }
        assertNothingIsLeft();
    }

    private void restart(ApiLimits limits) throws IOException {
        server.close();
        server = new TestServer(limits, null);
    }

    private static ApiLimits withIdleTimeout(Duration idleTimeout) {
        var usual = ApiLimits.DEFAULT;
        return new ApiLimits(
                usual.connectionsMax(),
                usual.connectionsPerAddressMax(),
                usual.headerBytesMax(),
                usual.headTimeout(),
                idleTimeout,
                usual.stallTimeout(),
                usual.forwardTimeout(),
                usual.bodyGrace(),
                usual.bodyBytesPerSecondMin(),
                usual.bodyTimeout(),
                usual.messageBodyBytesMax(),
                usual.paramsBytesMax(),
                usual.drainBytesMax(),
                usual.drainTimeout(),
                usual.stopTimeout());
    }

    private void assertNothingIsLeft() {
        await().until(() -> server.desk.drafts.stream().allMatch(InMemoryDraft::closed));
        assertThat(server.desk.drafts).noneMatch(InMemoryDraft::committed);
    }

    /** Sends it, and reads an answer that must be an error of the wire's shape. */
    private String error(String call) throws IOException {
        try (var socket = server.connect()) {
            send(socket, call);
            var answer = readToEnd(socket).whole();
            JsonNode body = TestServer.JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n")));
            assertThat(body.path("type").asString()).isEqualTo("error");
            assertThat(body.at("/error/message").asString()).isNotEmpty();
            assertThat(answer.toLowerCase(Locale.ROOT))
                    .contains(
                            "request-id: "
                                    + body.path("request_id").asString().toLowerCase(Locale.ROOT))
                    .doesNotContain("jetty");
            return answer;
        }
    }
}
