package dev.nightmail.upstream.http;

import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.jetty.LeasedBuffers;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.BasicAuthentication;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.ContinueProtocolHandler;
import org.eclipse.jetty.client.EarlyHintsProtocolHandler;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.ProcessingProtocolHandler;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * HTTP/1.1 by Jetty's client. Two selectors and a handful of threads move the bytes of all
 * exchanges; whatever waits is the caller's (virtual) thread.
 *
 * <p>Answers are asked for uncompressed: most upstreams stand close by, and a compressed event
 * stream stutters. One that comes compressed all the same (gzip, deflate) is decoded, and the bound
 * of a body counts both, what came and what it decodes to. Another coding, one that is a mere
 * claim, or that ends too early, is a broken answer.
 */
public final class JettyExchanges implements HttpExchanges {

    private static final int SELECTORS = 2;
    private static final int THREADS_MAX = 16;
    private static final int THREADS_MIN = 4;

    /** Sizes of pooled buffers, as the client makes its own pool. */
    private static final int BUFFER_STEP = 2 * 1024;

    private static final int BUFFER_MAX = 64 * 1024;

    /** Far above what services send. */
    private static final int ANSWER_HEAD_BYTES_MAX = 64 * 1024;

    private final HttpSettings settings;
    private final HttpClient client;
    private final MemoryBudget answers;
    private final String holder;
    private final DeadlineWatch deadlines = new DeadlineWatch();

    /** Trusts the certificates that the Java runtime trusts. */
    public JettyExchanges(HttpSettings settings) {
        this(settings, MemoryBudget.UNLIMITED, "");
    }

    /**
     * @param answers memory for the answers that are kept, of this and other upstreams
     * @param holder whose those of this one are, by name
     */
    public JettyExchanges(HttpSettings settings, MemoryBudget answers, String holder) {
        this(settings, answers, holder, new SslContextFactory.Client());
    }

    JettyExchanges(HttpSettings settings, SslContextFactory.Client tls) {
        this(settings, MemoryBudget.UNLIMITED, "", tls);
    }

    private JettyExchanges(
            HttpSettings settings,
            MemoryBudget answers,
            String holder,
            SslContextFactory.Client tls) {
        this.settings = settings;
        this.answers = answers;
        this.holder = holder;
        this.client = start(settings, tls);
    }

    private static HttpClient start(HttpSettings settings, SslContextFactory.Client tls) {
        var threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
        threads.setName("upstream-http");
        threads.setDaemon(true);
        var connector = new ClientConnector();
        connector.setSelectors(SELECTORS);
        connector.setExecutor(threads);
        connector.setSslContextFactory(tls);
        var transport = new HttpClientTransportOverHTTP(connector);
        transport.setConnectionPoolFactory(
                destination -> new IdleFirstConnections(destination, settings.connectionsMax()));
        var client = new HttpClient(transport);
        client.setByteBufferPool(
                new LeasedBuffers(
                        new ArrayByteBufferPool(0, BUFFER_STEP, BUFFER_MAX, THREADS_MAX / 2)));
        client.setExecutor(threads);
        client.setConnectTimeout(settings.connectTimeout().toMillis());
        client.setAddressResolutionTimeout(settings.connectTimeout().toMillis());
        client.setIdleTimeout(settings.keepAlive().toMillis());
        client.setMaxConnectionsPerDestination(settings.connectionsMax());
        client.setMaxRequestsQueuedPerDestination(Integer.MAX_VALUE);
        client.setMaxResponseHeadersSize(ANSWER_HEAD_BYTES_MAX);
        client.setFollowRedirects(false);
        client.setUserAgentField(null);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        var proxy = settings.proxy();
        if (proxy != null) {
            useProxy(client, proxy);
        }
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client does not start", e);
        }
        // Answers are decoded here, with an end to every loop.
        client.getContentDecoderFactories().clear();
        client.getProtocolHandlers().remove(RedirectProtocolHandler.NAME);
        client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
        // They pass over interim answers, however many come.
        client.getProtocolHandlers().remove(ProcessingProtocolHandler.NAME);
        client.getProtocolHandlers().remove(EarlyHintsProtocolHandler.NAME);
        client.getProtocolHandlers().remove(ContinueProtocolHandler.NAME);
        client.getProtocolHandlers().put(new InterimAnswers());
        return client;
    }

    private static void useProxy(HttpClient client, ProxySettings proxy) {
        boolean secure = "https".equalsIgnoreCase(proxy.uri().getScheme());
        int port = HttpClient.normalizePort(proxy.uri().getScheme(), proxy.uri().getPort());
        var viaProxy =
                new HttpProxy(new Origin.Address(proxy.uri().getHost(), port), secure) {
                    @Override
                    public boolean matches(Origin origin) {
                        var address = origin.getAddress();
                        // Else the proxy would be asked for a way to itself.
                        return !address.equals(getAddress())
                                && proxy.covers(address.getHost(), address.getPort());
                    }
                };
        client.getProxyConfiguration().addProxy(viaProxy);
        var credential = proxy.credential();
        if (credential != null) {
            String[] parts = credential.reveal().split(":", 2);
            client.getAuthenticationStore()
                    .addAuthenticationResult(
                            new BasicAuthentication.BasicResult(
                                    viaProxy.getURI(),
                                    HttpHeader.PROXY_AUTHORIZATION,
                                    parts[0],
                                    parts.length > 1 ? parts[1] : ""));
        }
    }

    @Override
    public HttpOutcome exchange(HttpCall call, int bodyBytesMax) throws InterruptedException {
        Request request;
        try {
            request = request(call);
        } catch (IOException e) {
            return new HttpOutcome.NotSent(FailedStep.BODY_UNREADABLE);
        }
        var lasting = call.memory();
        if (lasting != null) {
            return collected(request, call, bodyBytesMax, lasting);
        }
        try (var memory = memory()) {
            return collected(request, call, bodyBytesMax, memory);
        }
    }

    private HttpOutcome collected(
            Request request, HttpCall call, int bodyBytesMax, MemoryShare memory)
            throws InterruptedException {
        var exchange = new CollectedExchange(request, call, settings, bodyBytesMax, memory);
        request.onRequestListener(exchange);
        deadlines.add(exchange);
        try {
            request.send(exchange);
            return exchange.await();
        } finally {
            deadlines.remove(exchange);
        }
    }

    @Override
    public MemoryShare memory() {
        return answers.open(holder);
    }

    @Override
    public HttpOutcome stream(HttpCall call, BodyReceiver receiver)
            throws IOException, InterruptedException {
        Request request;
        try {
            request = request(call);
        } catch (IOException e) {
            return new HttpOutcome.NotSent(FailedStep.BODY_UNREADABLE);
        }
        var exchange = new StreamedExchange(request, call, settings);
        request.onRequestListener(exchange);
        deadlines.add(exchange);
        try {
            // Jetty finds the other listeners it implements by itself.
            request.send(exchange);
            return exchange.await(receiver);
        } finally {
            deadlines.remove(exchange);
        }
    }

    private Request request(HttpCall call) throws IOException {
        var request =
                client.newRequest(call.uri())
                        .method(call.method())
                        // The waiting caller keeps all times itself; see ExchangeInFlight.
                        .idleTimeout(0, TimeUnit.MILLISECONDS)
                        .headers(headers -> {
                            headers.add(HttpHeader.ACCEPT_ENCODING, "identity");
                            for (var field : call.headers().fields()) {
                                headers.add(field.name(), field.value());
                            }
                        });
        if (call.body().length() > 0) {
            request.body(content(call));
        }
        return request;
    }

    private static Request.Content content(HttpCall call) throws IOException {
        String type = call.headers().first("content-type").orElse("application/json");
        return switch (call.body()) {
            case HttpBody.Bytes(var bytes) -> new BytesRequestContent(type, bytes);
            case HttpBody.Streamed(long length, var source) ->
                    new SizedContent(type, source.open(), length);
        };
    }

    @Override
    public void close() {
        deadlines.close();
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client does not stop", e);
        }
    }
}
