package dev.nightmail.upstream.http;

import static dev.nightmail.upstream.http.MisbehavingUpstream.encoded;
import static dev.nightmail.upstream.http.MisbehavingUpstream.encodedAnswer;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.core.memory.SlowSource;
import dev.nightmail.upstream.http.MisbehavingUpstream.Behavior;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are well-formed HTTP, or nearly, and meant to hurt. */
@Timeout(120)
class HostileAnswersTest {

    private static final Duration AMPLE = Duration.ofSeconds(30);
    private static final int BYTES_MAX = 1 << 20;

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private JettyExchanges client = new JettyExchanges(HttpSettings.DEFAULT);

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private HttpCall call() {
        return new HttpCall(
                "POST", server.uri("/x"), HttpHeaders.NONE, new byte[] {'{', '}'}, AMPLE);
    }

    /** What a receiver saw of an answer. */
    private static final class Seen implements BodyReceiver {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean begun;

        @Override
        public void begin(int status, HttpHeaders headers) {
            begun = true;
            assertThat(headers.first("content-encoding")).isEmpty();
        }

        @Override
        public void body(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, gzip, false",
        "gzip, gzip, true",
        "x-gzip, gzip, true",
        "deflate, deflate, true",
        "deflate, bare, false",
    })
    void anEncodedAnswerCutAtAnyByteIsBrokenAndEndsAtOnce(
            String named, String coding, boolean chunked) throws Exception {
        var plain = ("{\"text\":\"" + "abcdefgh".repeat(20) + "\",\"n\":1}").getBytes(UTF_8);
        var whole = encoded(coding, plain);

        for (int length = 1; length < whole.length; length++) {
            var cut = encodedAnswer(named, Arrays.copyOf(whole, length), chunked);
            server.then(cut).then(cut);
            assertThat(client.exchange(call(), BYTES_MAX))
                    .as("collected, cut at %d", length)
                    .isEqualTo(new HttpOutcome.Broken(FailedStep.UNDECODABLE));
            assertThat(client.stream(call(), new Seen()))
                    .as("streamed, cut at %d", length)
                    .isEqualTo(new HttpOutcome.Broken(FailedStep.UNDECODABLE));
        }

        server.then(encodedAnswer(named, whole, chunked))
                .then(encodedAnswer(named, whole, chunked));
        var outcome = (HttpOutcome.Complete) client.exchange(call(), BYTES_MAX);
        assertThat(outcome.body()).isEqualTo(plain);
        assertThat(outcome.headers().first("content-encoding")).isEmpty();
        var seen = new Seen();
        assertThat(client.stream(call(), seen)).isInstanceOf(HttpOutcome.Complete.class);
        assertThat(seen.bytes.toByteArray()).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd", "gzip, gzip"})
    void aCodingThatIsAMereClaimIsABrokenAnswerOfWhichNothingWasHandedOn(String coding)
            throws Exception {
        var plain = "{\"type\":\"message\"}".getBytes(UTF_8);
        server.then(encodedAnswer(coding, plain, false)).then(encodedAnswer(coding, plain, true));

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.UNDECODABLE));
        var seen = new Seen();
        assertThat(client.stream(call(), seen))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.UNDECODABLE));
        assertThat(seen.begun).isFalse();
    }

    @Test
    void anEncodedAnswerWithoutABodyIsWhole() throws Exception {
        server.then(encodedAnswer("gzip", new byte[0], false))
                .then(encodedAnswer("gzip", new byte[0], true));

        assertThat(((HttpOutcome.Complete) client.exchange(call(), BYTES_MAX)).body()).isEmpty();
        assertThat(client.stream(call(), new Seen())).isInstanceOf(HttpOutcome.Complete.class);
    }

    @Test
    void anAnswerThatInflatesBeyondItsBoundIsTooLarge() throws Exception {
        server.then(encodedAnswer("gzip", encoded("gzip", new byte[64 << 20]), false));

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.BODY_TOO_LARGE));
    }

    @Test
    void garbageBehindAGzipAnswerBreaksIt() throws Exception {
        var all = new ByteArrayOutputStream();
        all.writeBytes(encoded("gzip", "{}".getBytes(UTF_8)));
        all.writeBytes("HTTP/1.1 200 OK".getBytes(UTF_8));
        server.then(encodedAnswer("gzip", all.toByteArray(), false));

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.UNDECODABLE));
    }

    @Test
    void headersWithoutEndAreBrokenOff() throws Exception {
        Behavior endless =
                (_, to) -> {
                    to.write("HTTP/1.1 200 OK\r\n");
                    for (int i = 0; ; i++) {
                        to.write("X-Header-" + i + ": " + "a".repeat(1000) + "\r\n");
                    }
                };
        server.then(endless).then(endless);

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.GARBLED));
        assertThat(client.stream(call(), new Seen()))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.GARBLED));
    }

    @Test
    void oneHeaderWithoutEndIsBrokenOff() throws Exception {
        server.then((_, to) -> {
            to.write("HTTP/1.1 200 OK\r\nX-Long: ");
            while (true) {
                to.write("a".repeat(8192));
            }
        });

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.GARBLED));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103})
    void interimAnswersWithoutEndAreBrokenOff(int status) throws Exception {
        Behavior endless =
                (_, to) -> {
                    while (true) {
                        to.write("HTTP/1.1 " + status + " Soon\r\nLink: </a>; rel=preload\r\n\r\n");
                    }
                };
        server.then(endless).then(endless);

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.INTERIM_ANSWERS));
        assertThat(client.stream(call(), new Seen()))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.INTERIM_ANSWERS));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103})
    void aFewInterimAnswersArePassedOver(int status) throws Exception {
        Behavior few =
                (_, to) ->
                        to.write(
                                ("HTTP/1.1 " + status + " Soon\r\nLink: </a>\r\n\r\n").repeat(3)
                                        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        server.then(few).then(few);

        var collected = (HttpOutcome.Complete) client.exchange(call(), BYTES_MAX);
        assertThat(collected.status()).isEqualTo(200);
        assertThat(collected.headers().first("link")).isEmpty();
        assertThat(new String(collected.body(), UTF_8)).isEqualTo("{}");
        var seen = new Seen();
        assertThat(client.stream(call(), seen)).isInstanceOf(HttpOutcome.Complete.class);
        assertThat(seen.bytes.toString(UTF_8)).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 600})
    void aStatusThatHttpDoesNotHaveIsGarbled(int status) throws Exception {
        server.then(MisbehavingUpstream.answer(status, "{}"));

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.GARBLED));
        assertThat(client.stream(call(), new Seen()))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.GARBLED));
    }

    @Test
    void trailersWithoutEndAreBrokenOff() throws Exception {
        server.then((_, to) -> {
            to.beginChunks().chunk("{}").write("0\r\n");
            for (int i = 0; ; i++) {
                to.write("X-Trailer-" + i + ": " + "a".repeat(1000) + "\r\n");
            }
        });

        assertThat(client.exchange(call(), BYTES_MAX)).isInstanceOf(HttpOutcome.Broken.class);
    }

    /** A budget as the test wants it: so many bytes, and nobody waits but for its word. */
    private static final class Scripted implements MemoryBudget {
        private final Semaphore bytes;
        private final boolean waits;

        Scripted(int bytesMax, boolean waits) {
            this.bytes = new Semaphore(bytesMax);
            this.waits = waits;
        }

        @Override
        public MemoryShare open(String holder) {
            return new MemoryShare() {
                private int taken;

                @Override
                public boolean tryTake(long more) {
                    boolean there = bytes.tryAcquire((int) more);
                    taken += there ? (int) more : 0;
                    return there;
                }

                @Override
                public boolean take(long more) throws InterruptedException {
                    if (!waits) {
                        return tryTake(more);
                    }
                    bytes.acquire((int) more);
                    taken += (int) more;
                    return true;
                }

                @Override
                public void give(long less) {
                    taken -= (int) less;
                    bytes.release((int) less);
                }

                @Override
                public void filledBy(@Nullable SlowSource source) {}

                @Override
                public void close() {
                    bytes.release(taken);
                    taken = 0;
                }
            };
        }
    }

    private void limitMemory(Scripted budget) {
        client.close();
        client = new JettyExchanges(HttpSettings.DEFAULT, budget, "upstream");
    }

    @Test
    void anAnswerWaitsForMemoryWithoutLosingAByte() throws Exception {
        var budget = new Scripted(100_000, true);
        limitMemory(budget);
        var random = new Random(5);
        var text = new byte[300_000];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) ('a' + random.nextInt(26));
        }
        var waits = new CountDownLatch(1);
        server.then((_, to) -> {
            to.beginChunks();
            for (int at = 0; at < text.length; at += 10_000) {
                to.chunk(new String(text, at, 10_000, ISO_8859_1));
                if (at == 150_000) {
                    waits.countDown();
                }
            }
            to.chunk("");
        });
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        waits.await();
                        TimeUnit.MILLISECONDS.sleep(200);
                        budget.bytes.release(1_000_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });

        var outcome = (HttpOutcome.Complete) client.exchange(call(), BYTES_MAX);

        assertThat(outcome.body()).isEqualTo(text);
        assertThat(budget.bytes.availablePermits()).isEqualTo(1_100_000);
    }

    @Test
    void anAnswerForWhichThereIsNoMemoryIsAFailureInWordsAndGivesBackWhatItHad() throws Exception {
        var budget = new Scripted(100_000, false);
        limitMemory(budget);
        server.then(MisbehavingUpstream.endlessBody())
                .then(MisbehavingUpstream.answer(200, "{\"a\":1}"));

        assertThat(client.exchange(call(), BYTES_MAX))
                .isEqualTo(new HttpOutcome.Broken(FailedStep.NO_MEMORY));
        assertThat(budget.bytes.availablePermits()).isEqualTo(100_000);
        assertThat(client.exchange(call(), BYTES_MAX)).isInstanceOf(HttpOutcome.Complete.class);
    }

    @Test
    void anAnswerThatItsCallHoldsIsCountedUntilThatLetsGo() throws Exception {
        var budget = new Scripted(1_000_000, false);
        limitMemory(budget);
        server.then(MisbehavingUpstream.answer(200, "a".repeat(200_000)));

        try (var memory = client.memory()) {
            var outcome = client.exchange(call().holding(memory), BYTES_MAX);
            assertThat(outcome).isInstanceOf(HttpOutcome.Complete.class);
            assertThat(budget.bytes.availablePermits()).isEqualTo(800_000);
        }

        assertThat(budget.bytes.availablePermits()).isEqualTo(1_000_000);
    }
}
