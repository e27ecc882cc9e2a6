package dev.nightmail.api.server;

import dev.nightmail.api.auth.Authentication;
import dev.nightmail.api.auth.Credentials;
import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.api.wire.RequestIds;
import dev.nightmail.api.wire.WireJson;
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

    private static final byte[] HEALTHY =
            WireJson.object(json -> json.writeStringProperty("status", "ok"));

    private final Routes routes;
    private final Authentication authentication;
    private final List<String> honours;
    private final RequestIds requestIds;
    private final ApiLimits limits;
    private final InstantSource clock;
    private final UnreadBody unreadBody;

    /**
     * @param honours what clients may lean on here beyond the API as it is published
     */
    FrontDoor(
            Routes routes,
            Authentication authentication,
            List<String> honours,
            RequestIds requestIds,
            ApiLimits limits,
            InstantSource clock) {
        this.routes = routes;
        this.authentication = authentication;
        this.honours = honours;
        this.requestIds = requestIds;
        this.limits = limits;
        this.clock = clock;
        this.unreadBody = new UnreadBody(limits, clock);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var requestId = requestIds.next();
        var exchange = new Exchange(request, response, requestId, limits, clock);
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
        var request = exchange.request();
        var path = request.getHttpURI().getCanonicalPath();
        if (path.equals("/healthz")) {
            exchange.respond(200, HEALTHY);
            return;
        }
        var match = routes.find(request.getMethod(), path);
        var caller =
                authentication.authenticate(
                        new Credentials(
                                exchange.headers("x-api-key"),
                                exchange.headers("authorization"),
                                exchange.header("anthropic-workspace-id")),
                        match.action().scope());
        var headers = exchange.response().getHeaders();
        headers.put("anthropic-organization-id", ORGANIZATION);
        headers.put("anthropic-workspace-id", caller.workspace().value());
        // A header each: a client that looks for one word need not take lists apart.
        honours.forEach(word -> headers.add("nightmail-honours", word));
        exchange.apiVersion();
        match.action().endpoint().answer(exchange, caller, match.id());
    }

    private void fail(Exchange exchange, Throwable failure, Callback callback) {
        var cause = unwrapped(failure);
        if (cause instanceof ClientGoneException || exchange.response().isCommitted()) {
            log.debug("event=call_broken request_id={}", exchange.requestId(), cause);
            exchange.reset();
            callback.failed(cause);
            return;
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
