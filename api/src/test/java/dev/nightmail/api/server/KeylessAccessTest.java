package dev.nightmail.api.server;

import static dev.nightmail.api.server.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.api.auth.RefusedCall.Reason;
import dev.nightmail.core.key.Scope;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call while there are no keys: over bare sockets, since no client writes such calls. */
class KeylessAccessTest {

    private static final String KEY = "x-api-key: k\r\nanthropic-version: 2023-06-01\r\n";

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server =
                new TestServer(
                        new ApiConfig.Access(
                                "", List.of("Box.Lan"), List.of("https://app.example")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LocalHost:8787",
                "localhost.",
                "localhost.:8787",
                "app.localhost",
                "127.0.0.1",
                "127.0.0.1:1",
                "127.9.8.7",
                "[::1]",
                "[::1]:8787",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]:80",
                "box.lan",
                "BOX.LAN.:8787",
            })
    void aCallToANameOfOursIsLetIn(String host) throws Exception {
        assertThat(list("Host: " + host + "\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8787",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil-localhost",
                "10.0.0.5:8787",
                "0.0.0.0:8787",
                "[::2]",
                "[fe80::1]:8787",
                "[::ffff:10.0.0.5]",
                "box.lan.evil.example",
            })
    void aCallToAnotherNameIsNot(String host) throws Exception {
        var answer = list("Host: " + host + "\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 403 ")
                .contains("permission_error", "listen.allowed-hosts", "keys create")
                .contains("x-should-retry: false");
    }

    @Test
    void whatIsNoHostIsNotRepeated() throws Exception {
        assertThat(list("Host: a<script>b\r\n")).doesNotContain("<script>").contains("HTTP/1.1 4");
    }

    @Test
    void aCallThatNamesNoHostIsNotLetIn() throws Exception {
        assertThat(server.raw("GET /v1/messages/batches HTTP/1.0\r\n" + KEY + "\r\n"))
                .contains(" 403 ", "Host header");
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example/v1/messages/batches, localhost",
        "http://localhost/v1/messages/batches, evil.example",
        "http://evil.example/v1/messages/batches, evil.example",
        "http://localhost@evil.example/v1/messages/batches, localhost",
    })
    void aWholeUrlInTheRequestLineHelpsNobody(String target, String host) throws Exception {
        var answer =
                server.raw(
                        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n"
                                .formatted(target, host, KEY));

        assertThat(answer).containsPattern("^HTTP/1.1 40[03] ").doesNotContain("has_more");
    }

    @Test
    void aWholeUrlOfOursIsLetIn() throws Exception {
        var answer =
                server.raw(
                        "GET http://localhost:8787/v1/messages/batches HTTP/1.1\r\nHost: localhost:8787\r\nConnection: close\r\n%s\r\n"
                                .formatted(KEY));

        assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void twoHostsAreOneTooMany() throws Exception {
        assertThat(list("Host: localhost\r\nHost: evil.example\r\n"))
                .containsPattern("^HTTP/1.1 40[03] ");
        assertThat(list("Host: localhost\r\nHost: localhost\r\n"))
                .containsPattern("^HTTP/1.1 40[03] ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "http://evil.example:8787",
                "null",
                "http://localhost:3000",
                "http://127.0.0.1:8787",
                "file://",
                "chrome-extension://abcdef",
                "https://app.example.evil.example",
                "http://app.example",
            })
    void aPageOfAnotherOriginIsNotLetIn(String origin) throws Exception {
        assertThat(list("Host: localhost:8787\r\nOrigin: " + origin + "\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("listen.allowed-origins");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8787",
                "http://LOCALHOST:8787",
                "https://app.example",
                "https://app.example:443",
            })
    void aPageOfOursIsLetIn(String origin) throws Exception {
        assertThat(list("Host: localhost:8787\r\nOrigin: " + origin + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 1.2.3.4",
                "x-forwarded-host: localhost",
                "X-Forwarded-Anything: x",
                "Forwarded: for=1.2.3.4",
                "Via: 1.1 tunnel",
                "X-Real-IP: 1.2.3.4",
                "CF-Connecting-IP: 1.2.3.4",
            })
    void whatAProxyPassesOnIsNotLetIn(String header) throws Exception {
        assertThat(list("Host: localhost\r\n" + header + "\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("forwarded by a proxy", "keys create");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /",
                "GET /nothing/here",
                "GET /console",
                "PUT /v1/messages/batches",
                "POST /v1/messages",
                "POST /v1/messages/batches",
                "DELETE /v1/messages/batches/msgbatch_01AAAAAAAAAAAAAAAAAAAAAA",
                "GET /nightmail/v1/batches/msgbatch_01AAAAAAAAAAAAAAAAAAAAAA/events",
                "GET /nightmail/v1/upstreams",
                "OPTIONS /v1/messages",
            })
    void itHoldsForEveryPath(String line) throws Exception {
        var answer =
                server.raw(
                        "%s HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n%s\r\n"
                                .formatted(line, KEY));

        assertThat(answer).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void probesAreAnsweredWhateverTheyNameTheServer() throws Exception {
        for (var probe : List.of("/healthz", "/readyz")) {
            var answer =
                    server.raw(
                            "GET %s HTTP/1.1\r\nHost: 10.1.2.3:8787\r\nX-Forwarded-For: 1.2.3.4\r\nConnection: close\r\n\r\n"
                                    .formatted(probe));
            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
        server.ready = false;
        server.healthy = false;

        assertThat(server.get("/readyz").body()).isEqualTo("{\"status\":\"not_ready\"}");
        assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(server.get("/healthz").statusCode()).isEqualTo(503);
    }

    @Test
    void onceThereAreKeysTheKeyIsWhatCounts() throws Exception {
        var key = server.makeKey("key_1", Scope.READ);

        var answer =
                server.raw(
                        "GET /v1/messages/batches HTTP/1.1\r\nHost: batches.example\r\nX-Forwarded-For: 1.2.3.4\r\nOrigin: https://other.example\r\nConnection: close\r\nanthropic-version: 2023-06-01\r\nx-api-key: %s\r\n\r\n"
                                .formatted(key));

        assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whoWasNotLetInIsCounted() throws Exception {
        list("Host: evil.example\r\n");
        list("Host: evil.example\r\n");
        list("Host: localhost\r\nOrigin: http://evil.example\r\n");
        list("Host: localhost\r\nVia: x\r\n");

        assertThat(server.server.refusals())
                .containsOnly(
                        java.util.Map.entry(Reason.FOREIGN_HOST, 2L),
                        java.util.Map.entry(Reason.FOREIGN_ORIGIN, 1L),
                        java.util.Map.entry(Reason.FORWARDED, 1L));
    }

    @Test
    void aRevokedKeyIsCountedAndToldNothingOfThat() throws Exception {
        server.makeKey("key_1", Scope.READ);
        server.keys.revoke(new dev.nightmail.core.key.KeyId("key_1"), java.time.Instant.EPOCH);

        var answer = server.get("/v1/messages/batches");

        assertThat(json(answer).at("/error/message").asString()).isEqualTo("invalid API key");
        assertThat(server.server.refusals()).containsEntry(Reason.REVOKED_KEY, 1L);
    }

    private String list(String headers) throws Exception {
        return server.raw(
                "GET /v1/messages/batches HTTP/1.1\r\nConnection: close\r\n"
                        + KEY
                        + headers
                        + "\r\n");
    }
}
