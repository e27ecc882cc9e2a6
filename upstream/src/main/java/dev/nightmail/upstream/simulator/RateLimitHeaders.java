package dev.nightmail.upstream.simulator;

import dev.nightmail.core.upstream.Headroom;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The headers in which a service says what is left of its limits (wire contract, section 3.3). */
final class RateLimitHeaders {

    private RateLimitHeaders() {}

    static Map<String, String> of(Headroom headroom) {
        var headers = new LinkedHashMap<String, String>();
        headroom.allowances()
                .forEach((limit, allowance) -> {
                    var name = limit.name().toLowerCase(Locale.ROOT).replace('_', '-');
                    var prefix = "anthropic-ratelimit-" + name;
                    headers.put(prefix + "-limit", Long.toString(allowance.limit()));
                    headers.put(prefix + "-remaining", Long.toString(allowance.remaining()));
                    if (allowance.fullAt() != null) {
                        headers.put(prefix + "-reset", allowance.fullAt().toString());
                    }
                });
        return headers;
    }
}
