package dev.nightmail.upstream.http;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every HTTP client behind our interface must do. */
@Timeout(60)
abstract class HttpExchangesContract {

    private static final Duration AMPLE = Duration.ofSeconds(30);
    private static final Duration BRIEF = Duration.ofMillis(150);
    private static final int BYTES_MAX = 1 << 20;

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private final List<HttpExchanges> opened = new ArrayList<>();

    /** Makes the client under test. */
    abstract HttpExchanges open(HttpSettings settings);

    private HttpExchanges client(HttpSettings settings) {
        var client = open(settings);
        opened.add(client);
        return client;
    }

    private HttpExchanges client() {
        return client(HttpSettings.DEFAULT);
    }

    @AfterEach
    void stop() {
        opened.forEach(HttpExchanges::close);
        server.close();
    }

    private HttpCall post(String body, Duration timeout) {
        return new HttpCall(
                "POST",
                server.uri("/some/path?q=1"),
                HttpHeaders.NONE.with("content-type", "application/json").with("x-api-key", "k-1"),
                body.getBytes(UTF_8),
                timeout);
    }

    private HttpCall get(URI uri) {
        return new HttpCall("GET", uri, HttpHeaders.NONE, new byte[0], AMPLE);
    }

    private static String body(HttpOutcome outcome) {
        return new String(((HttpOutcome.Complete) outcome).body(), UTF_8);
    }

    @Test
    void methodTargetHeadersAndBodyArriveAsTheyWereGiven() throws Exception {
        server.then(answer(200, "{}"));

        client().exchange(post("{\"a\": \"ü\"}", AMPLE), BYTES_MAX);

        var seen = server.seen();
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.target()).isEqualTo("/some/path?q=1");
        assertThat(seen.text()).isEqualTo("{\"a\": \"ü\"}");
        assertThat(seen.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("x-api-key", "k-1")
                .doesNotContainKeys("cookie", "user-agent");
    }

    @Test
    void anAnswerOfAnyStatusIsCompleteWithItsHeadersAndBody() throws Exception {
        server.then(answer(429, "{\"e\":1}", "Retry-After: 3", "X-Two: a", "X-Two: b"));

        var outcome = client().exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(outcome).isInstanceOf(HttpOutcome.Complete.class);
        var complete = (HttpOutcome.Complete) outcome;
        assertThat(complete.status()).isEqualTo(429);
        assertThat(complete.headers().first("retry-after")).contains("3");
        assertThat(complete.headers().fields())
                .contains(new HttpHeaders.Field("x-two", "a"), new HttpHeaders.Field("x-two", "b"));
        assertThat(body(outcome)).isEqualTo("{\"e\":1}");
    }

    @Test
    void aGetHasNoBody() throws Exception {
        server.then(answer(200, "[]"));

        var outcome = client().exchange(get(server.uri("/v1/models")), BYTES_MAX);

        assertThat(body(outcome)).isEqualTo("[]");
        assertThat(server.seen().headers()).doesNotContainKey("content-length");
    }

    @Test
    void aRedirectIsAnAnswerAndIsNotFollowed() throws Exception {
        server.then(MisbehavingUpstream.redirect(302, "/elsewhere"));

        var outcome = client().exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(((HttpOutcome.Complete) outcome).status()).isEqualTo(302);
        server.seen();
        assertThat(server.unseen()).isZero();
    }

    @Test
    void aDemandForCredentialsIsAnAnswer() throws Exception {
        server.then(answer(401, "{}", "WWW-Authenticate: Basic realm=\"x\""));

        var outcome = client().exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(((HttpOutcome.Complete) outcome).status()).isEqualTo(401);
    }

    @Test
    void aRefusedConnectionMeansNothingWasSent() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        var outcome =
                client().exchange(get(URI.create("http://127.0.0.1:" + free + "/")), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.NotSent(FailedStep.CONNECTION_REFUSED));
    }

    @Test
    void aNameNobodyKnowsMeansNothingWasSent() throws Exception {
        var outcome = client().exchange(get(URI.create("http://no-such-host.invalid/")), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.NotSent(FailedStep.NAME_RESOLUTION));
    }

    @Test
    void aServerThatSpeaksNoTlsMeansNothingWasSent() throws Exception {
        try (var plain = new PlainTextGreeter()) {
            var outcome = client().exchange(get(plain.httpsUri()), BYTES_MAX);

            assertThat(outcome).isEqualTo(new HttpOutcome.NotSent(FailedStep.TLS_HANDSHAKE));
        }
    }

    @Test
    void silenceAfterTheRequestIsAResponseTimeout() throws Exception {
        server.then(MisbehavingUpstream.never());

        var outcome =
                client(HttpSettings.DEFAULT.withTimeouts(AMPLE, BRIEF, AMPLE))
                        .exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.RESPONSE_TIMEOUT));
    }

    @Test
    void silenceInsideTheBodyIsAnIdleTimeout() throws Exception {
        server.then(MisbehavingUpstream.stallInsideBody("{\"begun\":"));

        var outcome =
                client(HttpSettings.DEFAULT.withTimeouts(AMPLE, AMPLE, BRIEF))
                        .exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.IDLE_TIMEOUT));
    }

    @Test
    void theCallsOwnTimeCountsAboveAll() throws Exception {
        server.then(answer(200, "{}")).then(MisbehavingUpstream.never());
        var client = client();
        // The connection is there already: what runs out is not the time to make one.
        client.exchange(post("{}", AMPLE), BYTES_MAX);

        var outcome = client.exchange(post("{}", Duration.ofSeconds(1)), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.CALL_TIMEOUT));
    }

    @Test
    void aCallThatNeverGotAConnectionWasNotSent() throws Exception {
        server.then(MisbehavingUpstream.never());
        var client = client(HttpSettings.DEFAULT.withConnectionsMax(1));
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = callers.submit(() -> client.exchange(post("first", AMPLE), BYTES_MAX));
            assertThat(server.seen().text()).isEqualTo("first");

            var second = client.exchange(post("second", BRIEF), BYTES_MAX);

            assertThat(second).isEqualTo(new HttpOutcome.NotSent(FailedStep.CONNECTION_WAIT));
            assertThat(server.unseen()).isZero();
            first.cancel(true);
        }
    }

    @Test
    void moreCallsThanConnectionsWaitTheirTurn() throws Exception {
        server.then(answer(200, "{}"));
        var client = client(HttpSettings.DEFAULT.withConnectionsMax(2));
        var statuses = new LinkedBlockingQueue<HttpOutcome>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                var _ =
                        callers.submit(
                                () -> statuses.add(client.exchange(post("{}", AMPLE), BYTES_MAX)));
            }
        }

        assertThat(statuses).hasSize(200).allMatch(HttpOutcome.Complete.class::isInstance);
    }

    @Test
    void aConnectionClosedBeforeTheStatusIsCut() throws Exception {
        server.then(MisbehavingUpstream.cutBeforeStatus());

        var outcome = client().exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.CONNECTION_CUT));
    }

    @Test
    void aConnectionClosedInsideTheBodyIsCut() throws Exception {
        server.then(MisbehavingUpstream.cutInsideBody("{\"begun\":"));

        var outcome = client().exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.CONNECTION_CUT));
    }

    @Test
    void whatIsNotHttpIsGarbled() throws Exception {
        server.then(MisbehavingUpstream.garbage());

        var outcome = client().exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.GARBLED));
    }

    @Test
    void anEndlessBodyIsGivenUpAtTheBound() throws Exception {
        server.then(MisbehavingUpstream.endlessBody());

        var outcome = client().exchange(post("{}", AMPLE), BYTES_MAX);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.BODY_TOO_LARGE));
    }

    @Test
    void aBodyAnnouncedAboveTheBoundIsNotRead() throws Exception {
        server.then(MisbehavingUpstream.stallInsideBody("x"));

        var outcome = client().exchange(post("{}", AMPLE), 99_999);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.BODY_TOO_LARGE));
    }

    @Test
    void aBodyOfExactlyTheBoundIsTaken() throws Exception {
        server.then(answer(200, "a".repeat(5000)));

        assertThat(body(client().exchange(post("{}", AMPLE), 5000))).hasSize(5000);
    }

    @Test
    void aCompressedAnswerIsDecodedAndTheBoundCountsWhatComesOut() throws Exception {
        server.then(MisbehavingUpstream.gzipped(200, "b".repeat(100_000)));

        assertThat(body(client().exchange(post("{}", AMPLE), 100_000)))
                .isEqualTo("b".repeat(100_000));
        assertThat(client().exchange(post("{}", AMPLE), 99_999))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.BODY_TOO_LARGE));
    }

    @Test
    void anInterruptEndsTheExchangeAndClosesItsConnection() throws Exception {
        var hungUp = new CountDownLatch(1);
        server.then((_, to) -> {
            try {
                while (true) {
                    to.write("HTTP/1.1 102 Processing\r\n\r\n");
                }
            } catch (IOException e) {
                hungUp.countDown();
                throw e;
            }
        });
        var client = client();
        var thrown = new LinkedBlockingQueue<Throwable>();
        var caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                client.exchange(post("{}", AMPLE), BYTES_MAX);
                            } catch (InterruptedException e) {
                                thrown.add(e);
                            }
                        });
        server.seen();

        caller.interrupt();

        assertThat(thrown.poll(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(hungUp.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aConnectionIsUsedAgain() throws Exception {
        var connections = new LinkedBlockingQueue<Object>();
        server.then((_, to) -> {
            connections.add(to);
            to.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        });
        var client = client();

        for (int i = 0; i < 5; i++) {
            client.exchange(post("{}", AMPLE), BYTES_MAX);
        }

        assertThat(connections.stream().distinct()).hasSize(1);
    }

    @Test
    void aStreamedAnswerIsHandedOnPieceByPieceWhileTheServerStillWrites() throws Exception {
        var firstPieceRead = new CountDownLatch(1);
        server.then((_, to) -> {
            to.beginChunks().chunk("first");
            firstPieceRead.await();
            to.chunk("second").chunk("");
        });
        var receiver =
                new Collecting() {
                    @Override
                    public void body(byte[] bytes, int offset, int length) throws IOException {
                        super.body(bytes, offset, length);
                        firstPieceRead.countDown();
                    }
                };

        var outcome = client().stream(post("{}", AMPLE), receiver);

        assertThat(((HttpOutcome.Complete) outcome).status()).isEqualTo(200);
        assertThat(((HttpOutcome.Complete) outcome).body()).isEmpty();
        assertThat(receiver.status).isEqualTo(200);
        assertThat(receiver.text()).isEqualTo("firstsecond");
    }

    @Test
    void aStreamThatBreaksOffIsBrokenAfterWhatCameWasHandedOn() throws Exception {
        server.then(MisbehavingUpstream.cutInsideBody("half a "));
        var receiver = new Collecting();

        var outcome = client().stream(post("{}", AMPLE), receiver);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.CONNECTION_CUT));
        assertThat(receiver.text()).isEqualTo("half a ");
    }

    @Test
    void aStreamThatPausesTooLongIsAnIdleTimeout() throws Exception {
        server.then(MisbehavingUpstream.stallInsideBody("half a "));

        var outcome =
                client(HttpSettings.DEFAULT.withTimeouts(AMPLE, AMPLE, BRIEF)).stream(
                        post("{}", AMPLE), new Collecting());

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.IDLE_TIMEOUT));
    }

    @Test
    void aStreamWithoutAnAnswerIsAResponseTimeout() throws Exception {
        server.then(MisbehavingUpstream.never());

        var outcome =
                client(HttpSettings.DEFAULT.withTimeouts(AMPLE, BRIEF, AMPLE)).stream(
                        post("{}", AMPLE), new Collecting());

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.RESPONSE_TIMEOUT));
    }

    @Test
    void aReceiverThatFailsEndsTheExchange() {
        server.then(MisbehavingUpstream.endlessBody());
        var failure = new IOException("the client is gone");

        assertThatThrownBy(() ->
                        client().stream(
                                post("{}", AMPLE),
                                new Collecting() {
                                    @Override
                                    public void body(byte[] bytes, int offset, int length)
                                            throws IOException {
                                        throw failure;
                                    }
                                }))
                .isSameAs(failure);
    }

    @Test
    void aLongStreamPassesWhole() throws Exception {
        String body = "0123456789".repeat(300_000);
        server.then(answer(200, body));
        var receiver = new Collecting();

        client().stream(post("{}", AMPLE), receiver);

        assertThat(receiver.text()).isEqualTo(body);
    }

    @Test
    void aCallSaysWhereItGoesAndNothingOfWhatItCarries() {
        assertThat(post("a secret prompt", AMPLE).toString())
                .isEqualTo("POST " + server.uri("/some/path"));
    }

    /** Keeps what it is handed. */
    private static class Collecting implements BodyReceiver {
        private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
        int status;

        @Override
        public void begin(int answerStatus, HttpHeaders headers) {
            status = answerStatus;
        }

        @Override
        public void body(byte[] bytes, int offset, int length) throws IOException {
            collected.write(bytes, offset, length);
        }

        String text() {
            return collected.toString(UTF_8);
        }
    }

    /** Greets whoever connects in plain text, as a mail server does. */
    private static final class PlainTextGreeter implements AutoCloseable {
        private final ServerSocket socket;

        PlainTextGreeter() throws IOException {
            socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::greet);
        }

        private void greet() {
            try (var connection = socket.accept()) {
                connection.getOutputStream().write("220 welcome, friend\r\n".getBytes(UTF_8));
                connection.getOutputStream().flush();
                while (connection.getInputStream().read() >= 0) {
                    // Until the client has had enough.
                }
            } catch (IOException _) {
                // Closed.
            }
        }

        URI httpsUri() {
            return URI.create("https://127.0.0.1:" + socket.getLocalPort() + "/");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
