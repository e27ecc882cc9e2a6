package dev.nightmail.api.server;

import dev.nightmail.api.auth.RefusedCall;
import dev.nightmail.api.auth.RefusedCall.Reason;
import dev.nightmail.api.exchange.Exchange;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are let in while there are no API keys. The server then listens on loopback only, but
 * that alone keeps nobody out: a web page reaches it through the browser that shows it, under a
 * name that its author makes resolve to 127.0.0.1, and the world reaches it through a proxy or a
 * tunnel that somebody started on this machine. So a call must name a host of ours, and carry
 * neither the {@code Origin} of a page that is not ours nor a header that proxies add. Once there
 * are keys, the key is what counts.
 */
final class KeylessAccess {

    private static final String REMEDY =
            "make a key (./nightmail keys create --workspace default --name first), after which callers need one";

    /** Proxies, tunnels and content networks add these; a client on this machine does not. */
    private static final Set<String> FORWARDING_HEADERS =
            Set.of(
                    "forwarded",
                    "via",
                    "x-real-ip",
                    "x-client-ip",
                    "x-cluster-client-ip",
                    "x-envoy-external-address",
                    "x-original-host",
                    "x-original-forwarded-for",
                    "true-client-ip",
                    "cdn-loop",
                    "cf-connecting-ip",
                    "cf-ray",
                    "fastly-client-ip",
                    "fly-client-ip");

    private static final String FORWARDED_PREFIX = "x-forwarded-";

    private final Set<String> names = new HashSet<>();
    private final AllowedOrigins origins;

    KeylessAccess(ApiConfig config) {
        // Bracketed or not: listen.host has an IPv6 address as it is, a URL has it in brackets.
        names.add(HostName.normal(config.host()));
        config.access().allowedHosts().forEach(host -> names.add(HostName.normal(host)));
        var origins = new HashSet<>(config.access().allowedOrigins());
        var publicUrl = config.publicUrl();
        if (publicUrl != null) {
            HostName.parse(publicUrl.getRawAuthority()).ifPresent(host -> names.add(host.name()));
            origins.add(publicUrl.toString());
        }
        this.origins = new AllowedOrigins(origins);
    }

    /**
     * @throws RefusedCall if the call may not come from this machine, saying what can be done
     */
    void require(Exchange exchange) {
        requireNotForwarded(exchange);
        var host = requireOwnHost(exchange);
        for (var origin : exchange.headers("origin")) {
            requireOwnOrigin(origin, host);
        }
    }

    private static void requireNotForwarded(Exchange exchange) {
        for (HttpField field : exchange.request().getHeaders()) {
            var name = field.getName().toLowerCase(Locale.ROOT);
            if (FORWARDING_HEADERS.contains(name) || name.startsWith(FORWARDED_PREFIX)) {
                throw RefusedCall.forbidden(
                        Reason.FORWARDED,
                        null,
                        "this call was forwarded by a proxy or tunnel (it has the header %s), and while this server has no API keys it answers only callers on its own machine: %s"
                                .formatted(name, REMEDY));
            }
        }
    }

    /** Both are checked where a call has both: Host, and the host in the request line. */
    private HostName requireOwnHost(Exchange exchange) {
        var hosts = exchange.headers("host");
        var host = hosts.size() == 1 ? own(hosts.getFirst()) : Optional.<HostName>empty();
        if (host.isEmpty()) {
            throw foreignHost(hosts);
        }
        var target = exchange.request().getHttpURI().getAuthority();
        if (target != null && own(target).isEmpty()) {
            throw foreignHost(List.of(target));
        }
        return host.get();
    }

    private Optional<HostName> own(String authority) {
        return HostName.parse(authority)
                .filter(host -> host.isLoopback() || names.contains(host.name()));
    }

    private static RefusedCall foreignHost(List<String> hosts) {
        var named =
                hosts.size() == 1 ? HostName.parse(hosts.getFirst()) : Optional.<HostName>empty();
        return RefusedCall.forbidden(
                Reason.FOREIGN_HOST,
                null,
                named.map(host ->
                                "while this server has no API keys it answers only to its own names, and %s is none of them: add it to listen.allowed-hosts, or %s"
                                        .formatted(host.name(), REMEDY))
                        .orElse(
                                "while this server has no API keys it answers only to its own names, and this call has no Host header with one of them: "
                                        + REMEDY));
    }

    private void requireOwnOrigin(@Nullable String origin, HostName host) {
        var normal = AllowedOrigins.normal(origin);
        boolean isOwn =
                normal.filter(from -> isOf(host, from) || origins.contain(from)).isPresent();
        if (!isOwn) {
            throw RefusedCall.forbidden(
                    Reason.FOREIGN_ORIGIN,
                    null,
                    "this call comes from a web page of another origin (%s), which this server does not let in: add that origin to listen.allowed-origins if the page is yours"
                            .formatted(normal.orElse("null")));
        }
    }

    /** Whether a page of this origin was served under the name that the call was made to. */
    private static boolean isOf(HostName host, String origin) {
        var scheme = origin.substring(0, origin.indexOf(':'));
        return origin.equals(scheme + "://" + host.authority(AllowedOrigins.usualPort(scheme)));
    }
}
