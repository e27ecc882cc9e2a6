package dev.nightmail.upstream.http;

import static dev.nightmail.upstream.http.MisbehavingUpstream.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ConnectHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Through a real proxy: by absolute URL for plain HTTP, by tunnel for HTTPS. */
@Timeout(60)
final class ProxyTest {

    private static final String KEYS = ProxyTest.class.getResource("loopback.p12").toExternalForm();

    private final MisbehavingUpstream plain = new MisbehavingUpstream().then(answer(200, "plain"));
    private final Queue<String> proxied = new ConcurrentLinkedQueue<>();
    private final Server proxy = new Server();
    private final Server secure = new Server();
    private @Nullable String proxyPassword;

    @BeforeEach
    void start() throws Exception {
        proxy.addConnector(onLoopback(new ServerConnector(proxy)));
        proxy.setHandler(new Tunnels(new Forwards()));
        proxy.start();
        var keys = new SslContextFactory.Server();
        keys.setKeyStorePath(KEYS);
        keys.setKeyStorePassword("loopback");
        secure.addConnector(onLoopback(new ServerConnector(secure, keys)));
        secure.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback) {
                        Content.Sink.write(response, true, "secure", callback);
                        return true;
                    }
                });
        secure.start();
    }

    private static ServerConnector onLoopback(ServerConnector connector) {
        connector.setHost("127.0.0.1");
        return connector;
    }

    @AfterEach
    void stop() throws Exception {
        secure.stop();
        proxy.stop();
        plain.close();
    }

    private final class Tunnels extends ConnectHandler {
        Tunnels(Handler next) {
            super(next);
        }

        @Override
        protected boolean handleAuthentication(Request request, Response response, String address) {
            return allowed(request);
        }

        @Override
        protected void connectToServer(
                Request request, String host, int port, Promise<SocketChannel> promise) {
            proxied.add("CONNECT " + host);
            super.connectToServer(request, host, port, promise);
        }
    }

    private final class Forwards extends ProxyHandler.Forward {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (!allowed(request)) {
                Response.writeError(
                        request, response, callback, HttpStatus.PROXY_AUTHENTICATION_REQUIRED_407);
                return true;
            }
            proxied.add(request.getMethod() + " " + request.getHttpURI());
            return super.handle(request, response, callback);
        }
    }

    private boolean allowed(Request request) {
        String expected = proxyPassword;
        return expected == null
                || ("Basic " + Base64.getEncoder().encodeToString(expected.getBytes(UTF_8)))
                        .equals(request.getHeaders().get(HttpHeader.PROXY_AUTHORIZATION));
    }

    private URI proxyUri() {
        return URI.create("http://127.0.0.1:" + port(proxy));
    }

    private static int port(Server server) {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private String exchange(ProxySettings settings, URI uri) throws InterruptedException {
        var trust = new SslContextFactory.Client();
        trust.setTrustStorePath(KEYS);
        trust.setTrustStorePassword("loopback");
        try (var client = new JettyExchanges(HttpSettings.DEFAULT.withProxy(settings), trust)) {
            var call =
                    new HttpCall(
                            "POST",
                            uri,
                            HttpHeaders.NONE,
                            "{}".getBytes(UTF_8),
                            Duration.ofSeconds(30));
            return switch (client.exchange(call, 10_000)) {
                case HttpOutcome.Complete(int status, var _, var body) ->
                        status == 200 ? new String(body, UTF_8) : "status " + status;
                case HttpOutcome.NotSent(var step) -> "not sent: " + step;
                case HttpOutcome.Broken(var step) -> "broken: " + step;
            };
        }
    }

    private ProxySettings settings(String... noProxy) {
        String password = proxyPassword;
        return new ProxySettings(
                proxyUri(), password == null ? null : new Secret(password), List.of(noProxy));
    }

    private URI secureUri() {
        return URI.create("https://127.0.0.1:" + port(secure) + "/v1/messages");
    }

    @Test
    void plainHttpIsAskedOfTheProxyByAbsoluteUrl() throws Exception {
        assertThat(exchange(settings(), plain.uri("/v1/messages"))).isEqualTo("plain");

        assertThat(proxied).containsExactly("POST " + plain.uri("/v1/messages"));
    }

    @Test
    void httpsGoesThroughATunnel() throws Exception {
        assertThat(exchange(settings(), secureUri())).isEqualTo("secure");

        assertThat(proxied).containsExactly("CONNECT 127.0.0.1");
    }

    @Test
    void whatNeedsNoProxyIsReachedDirectly() throws Exception {
        assertThat(exchange(settings("127.0.0.1"), plain.uri("/"))).isEqualTo("plain");

        assertThat(proxied).isEmpty();
    }

    @Test
    void theProxyIsGivenItsCredential() throws Exception {
        proxyPassword = "me:pass";

        assertThat(exchange(settings(), plain.uri("/"))).isEqualTo("plain");
        assertThat(exchange(settings(), secureUri())).isEqualTo("secure");
    }

    @Test
    void aTunnelThatIsNotOpenedMeansNothingWasSent() throws Exception {
        proxyPassword = "me:pass";
        var without = new ProxySettings(proxyUri(), null, List.of());

        assertThat(exchange(without, secureUri())).isEqualTo("not sent: proxy");
    }

    @Test
    void aProxyThatIsNotThereMeansNothingWasSent() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        var nobody = new ProxySettings(URI.create("http://127.0.0.1:" + free), null, List.of());

        assertThat(exchange(nobody, secureUri())).isEqualTo("not sent: connection refused");
    }

    @Test
    void aCertificateNobodyVouchesForMeansNothingWasSent() throws Exception {
        try (var client = new JettyExchanges(HttpSettings.DEFAULT)) {
            var call =
                    new HttpCall(
                            "GET",
                            secureUri(),
                            HttpHeaders.NONE,
                            new byte[0],
                            Duration.ofSeconds(30));

            assertThat(client.exchange(call, 1000))
                    .isEqualTo(new HttpOutcome.NotSent(FailedStep.TLS_HANDSHAKE));
        }
    }
}
