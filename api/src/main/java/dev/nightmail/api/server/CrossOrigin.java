package dev.nightmail.api.server;

import dev.nightmail.api.auth.RefusedCall;
import dev.nightmail.api.auth.RefusedCall.Reason;
import dev.nightmail.api.exchange.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * Lets web pages of the configured origins call from a browser (CORS). No cookies are involved: a
 * page has to bring a key like every other client.
 */
final class CrossOrigin {

    private static final int NO_CONTENT = 204;

    /** How long a browser may remember a preflight's answer. */
    private static final String MAX_AGE_SECONDS = "600";

    private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9_, -]{0,2000}");

    private final AllowedOrigins allowed;

    CrossOrigin(ApiConfig config) {
        this.allowed = new AllowedOrigins(config.access().allowedOrigins());
    }

    /** Says to the browser that the page may read this answer, whatever it becomes. */
    void mark(Exchange exchange) {
        var origin = exchange.header("origin");
        if (origin == null) {
            return;
        }
        var headers = exchange.response().getHeaders();
        headers.add("vary", "Origin");
        if (allowed.contain(origin)) {
            headers.put("access-control-allow-origin", origin);
            headers.put("access-control-expose-headers", "*");
        }
    }

    /**
     * Answers the question a browser asks before a call: with no key, since browsers send none.
     *
     * @return whether it was one
     * @throws RefusedCall if the page is not one of those that are let in
     */
    boolean answersPreflight(Exchange exchange) throws IOException {
        var origin = exchange.header("origin");
        if (origin == null
                || !exchange.request().getMethod().equals("OPTIONS")
                || exchange.header("access-control-request-method") == null) {
            return false;
        }
        if (!allowed.contain(origin)) {
            throw RefusedCall.forbidden(
                    Reason.FOREIGN_ORIGIN,
                    null,
                    "web pages of the origin %s are not let in: add it to listen.allowed-origins if the page is yours"
                            .formatted(AllowedOrigins.normal(origin).orElse("null")));
        }
        var response = exchange.response();
        var headers = response.getHeaders();
        headers.put("access-control-allow-methods", "GET, HEAD, POST, DELETE");
        var asked = String.join(", ", exchange.headers("access-control-request-headers"));
        if (!asked.isEmpty() && HEADER_NAMES.matcher(asked).matches()) {
            headers.put("access-control-allow-headers", asked);
            headers.add("vary", "Access-Control-Request-Headers");
        }
        if ("true".equals(exchange.header("access-control-request-private-network"))) {
            headers.put("access-control-allow-private-network", "true");
        }
        headers.put("access-control-max-age", MAX_AGE_SECONDS);
        response.setStatus(NO_CONTENT);
        exchange.write(true, ByteBuffer.allocate(0));
        return true;
    }
}
