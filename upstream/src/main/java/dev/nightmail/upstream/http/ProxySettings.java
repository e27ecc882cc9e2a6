package dev.nightmail.upstream.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The way out through a proxy: plain HTTP is asked of it by absolute URL, HTTPS goes through a
 * tunnel (CONNECT).
 *
 * @param uri of the proxy, {@code http} or {@code https}, with the port
 * @param credential {@code user:password}, for basic authentication at the proxy; null for none
 * @param noProxy what is reached directly: {@code host}, {@code .domain} (and its subdomains),
 *     {@code host:port}, or {@code *} for everything
 */
public record ProxySettings(URI uri, @Nullable Secret credential, List<String> noProxy) {

    public ProxySettings {
        if (uri.getHost() == null
                || !("http".equalsIgnoreCase(uri.getScheme())
                        || "https".equalsIgnoreCase(uri.getScheme()))) {
            throw new IllegalArgumentException(
                    "proxy must be a URL such as http://proxy.example:3128");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "proxy must not hold a user and password: they go into its credential");
        }
        noProxy =
                noProxy.stream()
                        .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                        .filter(entry -> !entry.isEmpty())
                        .toList();
    }

    /** Whether this host is reached through the proxy. */
    boolean covers(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        for (var entry : noProxy) {
            if (entry.equals("*") || entry.equals(name) || entry.equals(name + ":" + port)) {
                return false;
            }
            String domain = entry.startsWith("*.") ? entry.substring(1) : entry;
            if (domain.startsWith(".")
                    && (name.endsWith(domain) || name.equals(domain.substring(1)))) {
                return false;
            }
        }
        return true;
    }
}
