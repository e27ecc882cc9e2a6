package dev.nightmail.api.server;

import dev.nightmail.api.auth.Authentication;
import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.auth.Credentials;
import dev.nightmail.api.auth.RefusedCall;
import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.exchange.PublicUrl;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.api.wire.RequestIds;
import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.memory.MemoryBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every call enters and every answer leaves. Gives the call its id, finds its endpoint and
 * its caller, and turns whatever is thrown into an answer of the wire's shape; or, when an answer
 * is already on its way, into a broken connection, so that nobody takes a part for the whole.
 */
final class FrontDoor extends Handler.Abstract {

    static final String REQUEST_ID = "request-id";

    private static final Logger log = LoggerFactory.getLogger(FrontDoor.class);
    private static final String ORGANIZATION = "nightmail";

    private static final int UNAVAILABLE = 503;
    private static final String NOTHING =
            "there is nothing at this path: the API begins at /v1/messages, and its batches at /v1/messages/batches";

    private static final byte[] HEALTHY = status("ok");
    private static final byte[] UNHEALTHY = status("failing");
    private static final byte[] READY = status("ready");
    private static final byte[] NOT_READY = status("not_ready");

    private final Routes routes;
    private final Authentication authentication;
    private final KeylessAccess keyless;
    private final CrossOrigin crossOrigin;
    private final Health health;
    private final Refusals refusals;
    private final PublicUrl publicUrl;
    private final String pathPrefix;
    private final List<String> honours;
    private final RequestIds requestIds;
    private final ApiLimits limits;
    private final InstantSource clock;
    private final MemoryBudget bodies;
    private final HeadWatch heads;
    private final UnreadBody unreadBody;

    /**
     * @param honours what clients may lean on here beyond the API as it is published
     * @param heads told of each call, whose head is there then
     */
    FrontDoor(
            ApiConfig config,
            Routes routes,
            Authentication authentication,
            Health health,
            Refusals refusals,
            List<String> honours,
            RequestIds requestIds,
            InstantSource clock,
            HeadWatch heads) {
        this.routes = routes;
        this.authentication = authentication;
        this.keyless = new KeylessAccess(config);
        this.crossOrigin = new CrossOrigin(config);
        this.health = health;
        this.refusals = refusals;
        this.publicUrl = new PublicUrl(config.publicUrl());
        this.pathPrefix = config.access().pathPrefix();
        this.honours = honours;
        this.requestIds = requestIds;
        this.limits = config.limits();
        this.clock = clock;
        this.bodies = config.bodies();
        this.heads = heads;
        this.unreadBody = new UnreadBody(limits, clock);
    }

    private static byte[] status(String status) {
        return WireJson.object(json -> json.writeStringProperty("status", status));
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var requestId = requestIds.next();
        var exchange = new Exchange(request, response, requestId, limits, clock, bodies);
        var connection = request.getConnectionMetaData().getConnection();
        heads.callBegins(connection);
        response.getHeaders().put(REQUEST_ID, requestId);
        // An engine that commits and an upstream that thinks are silent, but not idle.
        request.addIdleTimeoutListener(_ -> false);
        long startMillis = clock.millis();
        try {
            answer(exchange);
            exchange.allowNoStalls();
            callback.succeeded();
        } catch (Throwable failure) {
            exchange.allowNoStalls();
            fail(exchange, failure, callback);
        }
        heads.callEnds(connection);
        log.debug(
                "event=call method={} path={} status={} millis={} request_id={}",
                request.getMethod(),
                request.getHttpURI().getPath(),
                response.getStatus(),
                clock.millis() - startMillis,
                requestId);
        return true;
    }

    private void answer(Exchange exchange) throws IOException, InterruptedException {
        requireKnownFraming(exchange);
        var path = pathBelowPrefix(exchange);
        if (answersProbe(exchange, path)) {
            return;
        }
        if (authentication.isOpen()) {
            keyless.require(exchange);
        }
        crossOrigin.mark(exchange);
        if (crossOrigin.answersPreflight(exchange)) {
            return;
        }
        var match = find(exchange, path);
        var scope = match.action().scope();
        var credentials =
                new Credentials(
                        exchange.headers("x-api-key"),
                        exchange.headers("authorization"),
                        exchange.header("anthropic-workspace-id"));
        var caller = authentication.authenticate(credentials, scope);
        exchange.setPermission(() -> isStill(caller, credentials, scope));
        var headers = exchange.response().getHeaders();
        headers.put("anthropic-organization-id", ORGANIZATION);
        headers.put("anthropic-workspace-id", caller.workspace().value());
        // A header each: a client that looks for one word need not take lists apart.
        honours.forEach(word -> headers.add("nightmail-honours", word));
        exchange.apiVersion();
        match.action().endpoint().answer(exchange, caller, match.id());
    }

    /** Both with and without the prefix: whoever calls from this machine need not know of it. */
    private String pathBelowPrefix(Exchange exchange) {
        var path = exchange.request().getHttpURI().getCanonicalPath();
        if (!pathPrefix.isEmpty() && path.startsWith(pathPrefix + "/")) {
            exchange.setPathPrefix(pathPrefix);
            return path.substring(pathPrefix.length());
        }
        return path;
    }

    /** Whoever asks: an orchestrator has no key, and names the server as it likes. */
    private boolean answersProbe(Exchange exchange, String path) throws IOException {
        switch (path) {
            case "/healthz" -> probed(exchange, health.isHealthy(), HEALTHY, UNHEALTHY);
            case "/readyz" -> probed(exchange, health.isReady(), READY, NOT_READY);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void probed(Exchange exchange, boolean good, byte[] yes, byte[] no)
            throws IOException {
        exchange.response().getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        exchange.respond(good ? 200 : UNAVAILABLE, good ? yes : no);
    }

    private Routes.Match find(Exchange exchange, String path) {
        return routes.find(exchange.request().getMethod(), path)
                .orElseThrow(() -> nothingAt(exchange, path));
    }

    private ApiError nothingAt(Exchange exchange, String path) {
        var known = routes.knownEnd(path);
        if (known.isPresent()) {
            var extra = path.substring(0, path.length() - known.get().length());
            return BaseUrlHint.extraInFront(
                    extra.isEmpty() ? "/" : extra, known.get(), publicUrl.of(exchange));
        }
        var withoutGaps = path.replaceAll("/{2,}", "/");
        return !withoutGaps.equals(path) && routes.leadsSomewhere(withoutGaps)
                ? BaseUrlHint.gap(withoutGaps)
                : ApiError.notFound(NOTHING);
    }

    private boolean isStill(Caller caller, Credentials credentials, Scope scope) {
        try {
            return authentication.authenticate(credentials, scope).equals(caller);
        } catch (RefusedCall e) {
            return false;
        }
    }

    /**
     * Refuses a body in another transfer coding than chunks. We would take what is encoded for what
     * was meant, and a server in front of us might see the body end elsewhere.
     */
    private static void requireKnownFraming(Exchange exchange) {
        var codings = exchange.headers("transfer-encoding");
        if (!codings.isEmpty()
                && !(codings.size() == 1
                        && codings.getFirst().strip().equalsIgnoreCase("chunked"))) {
            throw ApiError.invalid(
                            "transfer-encoding: only chunked is supported; to compress a body use"
                                    + " content-encoding: gzip")
                    .withHeader("connection", "close");
        }
    }

    private void fail(Exchange exchange, Throwable failure, Callback callback) {
        var cause = unwrapped(failure);
        if (cause instanceof ClientGoneException || exchange.response().isCommitted()) {
            log.debug("event=call_broken request_id={}", exchange.requestId(), cause);
            exchange.reset();
            callback.failed(cause);
            return;
        }
        if (cause instanceof RefusedCall refused) {
            refusals.add(refused, Request.getRemoteAddr(exchange.request()));
        }
        try {
            refuse(exchange, Failures.toError(cause, exchange.requestId()));
            callback.succeeded();
        } catch (IOException gone) {
            callback.failed(gone);
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        var cause = failure instanceof UncheckedIOException ? failure.getCause() : null;
        return cause == null ? failure : cause;
    }

    /** Answers with an error, also while the client is still sending. */
    private void refuse(Exchange exchange, ApiError error) throws IOException {
        var response = exchange.response();
        response.reset();
        var headers = response.getHeaders();
        headers.put(REQUEST_ID, exchange.requestId());
        error.headers().forEach(headers::put);
        crossOrigin.mark(exchange);
        boolean unread = !unreadBody.isAtItsEnd(exchange.request());
        if (unread) {
            headers.put(HttpHeader.CONNECTION, "close");
        }
        exchange.respond(
                error.status(),
                WireJson.error(error.type(), error.message(), error.code(), exchange.requestId()));
        if (unread) {
            unreadBody.drain(exchange.request());
        }
    }
}
