package dev.nightmail.upstream.http;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static dev.nightmail.upstream.http.MisbehavingUpstream.redirect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class FollowingRedirectsTest {

    private final MisbehavingUpstream server = new MisbehavingUpstream();
    private final MisbehavingUpstream stranger = new MisbehavingUpstream();
    private final HttpExchanges client =
            new FollowingRedirects(new JettyExchanges(HttpSettings.DEFAULT));

    @AfterEach
    void stop() {
        client.close();
        server.close();
        stranger.close();
    }

    private HttpCall call() {
        return new HttpCall(
                "POST",
                server.uri("/old"),
                HttpHeaders.NONE.with("x-api-key", "k-1"),
                "{\"a\":1}".getBytes(UTF_8),
                Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(ints = {307, 308})
    void withinItsOriginARedirectIsFollowedWithMethodBodyAndKey(int status) throws Exception {
        server.then(redirect(status, "/new?x=1")).then(answer(200, "there"));

        var outcome = client.exchange(call(), 1000);

        assertThat(((HttpOutcome.Complete) outcome).body()).asString(UTF_8).isEqualTo("there");
        assertThat(server.seen().target()).isEqualTo("/old");
        var second = server.seen();
        assertThat(second.method()).isEqualTo("POST");
        assertThat(second.target()).isEqualTo("/new?x=1");
        assertThat(second.text()).isEqualTo("{\"a\":1}");
        assertThat(second.headers()).containsEntry("x-api-key", "k-1");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303})
    void aRedirectThatChangesTheMethodStaysTheAnswer(int status) throws Exception {
        server.then(redirect(status, "/new"));

        var outcome = client.exchange(call(), 1000);

        assertThat(((HttpOutcome.Complete) outcome).status()).isEqualTo(status);
    }

    @Test
    void anotherOriginNeverSeesTheRequest() throws Exception {
        stranger.then(answer(200, "give me your key"));
        server.then(redirect(307, stranger.uri("/new").toString()));

        var outcome = client.exchange(call(), 1000);

        assertThat(((HttpOutcome.Complete) outcome).status()).isEqualTo(307);
        assertThat(stranger.unseen()).isZero();
    }

    @Test
    void redirectsInACircleAreGivenUp() throws Exception {
        server.then(redirect(307, "/round"));

        var outcome = client.exchange(call(), 1000);

        assertThat(outcome).isEqualTo(new HttpOutcome.Broken(FailedStep.REDIRECT_LOOP));
        assertThat(server.unseen()).isEqualTo(6);
    }

    @Test
    void aRedirectToNowhereStaysTheAnswer() throws Exception {
        server.then(redirect(307, "::not a url::"));

        assertThat(((HttpOutcome.Complete) client.exchange(call(), 1000)).status()).isEqualTo(307);
    }

    @Test
    void aReceiverSeesOnlyTheAnswerAtTheEndOfTheRedirects() throws Exception {
        server.then(answer(307, "moved", "Location: /new")).then(answer(200, "there"));
        var seen = new ByteArrayOutputStream();

        var outcome =
                client.stream(
                        call(),
                        new BodyReceiver() {
                            @Override
                            public void begin(int status, HttpHeaders headers) throws IOException {
                                seen.write((status + " ").getBytes(UTF_8));
                            }

                            @Override
                            public void body(byte[] bytes, int offset, int length) {
                                seen.write(bytes, offset, length);
                            }
                        });

        assertThat(outcome).isInstanceOf(HttpOutcome.Complete.class);
        assertThat(seen.toString(UTF_8)).isEqualTo("200 there");
    }
}
