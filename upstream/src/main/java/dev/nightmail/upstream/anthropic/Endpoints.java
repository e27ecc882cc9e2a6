package dev.nightmail.upstream.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.upstream.Call.Endpoint;
import java.net.URI;
import java.net.URLEncoder;
import org.jspecify.annotations.Nullable;

/** Where each endpoint of one service is. */
final class Endpoints {

    private final String base;
    private final URI messages;
    private final URI countTokens;

    Endpoints(URI url) {
        String trimmed = withoutTrailingSlashes(url.toString());
        base = trimmed.endsWith("/v1") ? trimmed : trimmed + "/v1";
        messages = URI.create(base + "/messages");
        countTokens = URI.create(base + "/messages/count_tokens");
    }

    private static String withoutTrailingSlashes(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) == '/') {
            end--;
        }
        return url.substring(0, end);
    }

    /**
     * @throws IllegalArgumentException if a client's query cannot stand in a URL
     */
    URI of(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Messages _ -> messages;
            case Endpoint.CountTokens _ -> countTokens;
            case Endpoint.Models(var query) ->
                    URI.create(base + "/models" + (query.isEmpty() ? "" : "?" + query));
            case Endpoint.Model(var id) -> URI.create(base + "/models/" + segment(id));
        };
    }

    /** All batches. */
    URI batches() {
        return URI.create(base + "/messages/batches");
    }

    /**
     * @param limit batches on a page
     * @param afterId the last of the page before; null for the first page
     */
    URI batches(int limit, @Nullable String afterId) {
        return URI.create(
                base
                        + "/messages/batches?limit="
                        + limit
                        + (afterId == null ? "" : "&after_id=" + segment(afterId)));
    }

    URI batch(String id) {
        return URI.create(base + "/messages/batches/" + segment(id));
    }

    /**
     * @param what is done with it: {@code cancel} or {@code results}
     */
    URI batch(String id, String what) {
        return URI.create(base + "/messages/batches/" + segment(id) + "/" + what);
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    static boolean takesBody(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Messages _, Endpoint.CountTokens _ -> true;
            case Endpoint.Models _, Endpoint.Model _ -> false;
        };
    }
}
