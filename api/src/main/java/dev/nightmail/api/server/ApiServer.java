package dev.nightmail.api.server;

import dev.nightmail.api.auth.AnyKey;
import dev.nightmail.api.auth.Authentication;
import dev.nightmail.api.auth.Authenticator;
import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.auth.RefusedCall;
import dev.nightmail.api.batches.BatchEndpoints;
import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.api.messages.MessageEndpoints;
import dev.nightmail.api.upstreams.UpstreamEndpoints;
import dev.nightmail.api.wire.RequestIds;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.MessageDesk;
import dev.nightmail.engine.desk.UpstreamDesk;
import dev.nightmail.jetty.LeasedBuffers;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server. Every call runs on a virtual thread of its own. */
public final class ApiServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    /** Large reads: a batch of a quarter of a gigabyte is the one thing that takes long here. */
    private static final int READ_BYTES = 64 * 1024;

    /** Jetty's own threads, which accept and select; calls do not run on them. */
    private static final int PLATFORM_THREADS_MAX = 32;

    /** What clients may lean on here beyond the API as it is published. */
    private static final List<String> HONOURS =
            List.of("idempotency-key", "partial-results", "events");

    private final ApiConfig config;
    private final Server server;
    private final ServerConnector connector;
    private final Refusals refusals;

    /**
     * @param random safe for many threads
     */
    public ApiServer(
            ApiConfig config,
            BatchDesk batches,
            MessageDesk messages,
            UpstreamDesk upstreams,
            KeyCatalog keys,
            Health health,
            InstantSource clock,
            RandomGenerator random) {
        this(
                config,
                Routes.of(
                        new BatchEndpoints(batches, config.publicUrl(), random),
                        new MessageEndpoints(messages),
                        new UpstreamEndpoints(upstreams)),
                new Authenticator(keys, clock),
                health,
                HONOURS,
                clock,
                random);
    }

    private ApiServer(
            ApiConfig config,
            Routes routes,
            Authentication authentication,
            Health health,
            List<String> honours,
            InstantSource clock,
            RandomGenerator random) {
        this.config = config;
        var limits = config.limits();
        var requestIds = new RequestIds(random);
        this.server = new Server(threads(), null, new LeasedBuffers(new ArrayByteBufferPool()));
        this.connector = connector(server, config, limits);
        var heads = new HeadWatch(limits.headTimeout(), connector.getScheduler(), clock);
        this.refusals = new Refusals(clock);
        var frontDoor =
                new FrontDoor(
                        config,
                        routes,
                        authentication,
                        health,
                        refusals,
                        honours,
                        requestIds,
                        clock,
                        heads);
        server.addConnector(connector);
        connector.addBean(heads);
        connector.addBean(new ConnectionsByAddress(limits.connectionsPerAddressMax(), clock));
        server.addBean(new NetworkConnectionLimit(limits.connectionsMax(), connector));
        server.setErrorHandler(new JettyErrors(requestIds));
        server.setHandler(new GracefulHandler(frontDoor));
        server.setStopTimeout(limits.stopTimeout().toMillis());
    }

    /**
     * A server without batches, which takes any key.
     *
     * @param desks who serves the workspace of a key
     * @param random safe for many threads
     */
    public static ApiServer withoutBatches(
            ApiConfig config,
            Function<WorkspaceId, MessageDesk> desks,
            InstantSource clock,
            RandomGenerator random) {
        var messages = new MessageEndpoints((Caller caller) -> desks.apply(caller.workspace()));
        return new ApiServer(
                config,
                Routes.of(messages),
                new AnyKey(),
                Health.ALWAYS_GOOD,
                List.of(),
                clock,
                random);
    }

    private static QueuedThreadPool threads() {
        var threads = new QueuedThreadPool(PLATFORM_THREADS_MAX);
        threads.setName("http");
        threads.setVirtualThreadsExecutor(
                VirtualThreads.getNamedVirtualThreadsExecutor("http-call-"));
        return threads;
    }

    private static ServerConnector connector(Server server, ApiConfig config, ApiLimits limits) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(limits.headerBytesMax());
        http.setInputBufferSize(READ_BYTES);
        // The name of a model may hold a slash, which comes encoded.
        http.setUriCompliance(
                UriCompliance.DEFAULT.with(
                        "ENCODED_SLASH",
                        Violation.AMBIGUOUS_PATH_SEPARATOR,
                        // They lead nowhere, and the answer says what is wrong with the base URL.
                        Violation.AMBIGUOUS_EMPTY_SEGMENT));
        // A bare line feed ends a line for us, but not for every server in front of us.
        http.setHttpCompliance(
                HttpCompliance.RFC9110
                        .with("NIGHTMAIL")
                        .without(
                                "NIGHTMAIL",
                                HttpCompliance.Violation.LF_HEADER_TERMINATION,
                                HttpCompliance.Violation.LF_CHUNK_TERMINATION));
        var connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setIdleTimeout(limits.idleTimeout().toMillis());
        connector.setReuseAddress(true);
        return connector;
    }

    /**
     * Listens from here on.
     *
     * @throws IOException if the address cannot be bound
     */
    public void start() throws IOException {
        try {
            connector.open();
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the HTTP server did not start", e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** How it is reached from this machine. */
    public URI baseUri() {
        var host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return URI.create("http://" + host + ":" + port());
    }

    /** How many calls of each kind were not let in since the start. */
    public Map<RefusedCall.Reason, Long> refusals() {
        return refusals.totals();
    }

    /**
     * Takes no more calls, lets those under way finish for as long as the limits say, and stops.
     * Those that take longer are cut off: a download goes on where it was, a create leaves nothing.
     */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            log.warn("event=calls_cut_off stop_timeout={}", config.limits().stopTimeout());
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not stop cleanly", e);
        } finally {
            refusals.logRest();
        }
    }
}
