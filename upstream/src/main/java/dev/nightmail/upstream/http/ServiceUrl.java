package dev.nightmail.upstream.http;

import java.net.URI;

/** What the URL of a service has to be, whatever it speaks. */
public final class ServiceUrl {

    private ServiceUrl() {}

    /**
     * @param upstream whose it is, for the message
     * @param examples of one that would do, for the message
     * @throws IllegalArgumentException naming the key of the configuration
     */
    public static void require(String upstream, URI url, String examples) {
        String scheme = url.getScheme();
        if (url.getHost() == null
                || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException(
                    "upstreams." + upstream + ".url must be a URL such as " + examples);
        }
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "upstreams."
                            + upstream
                            + ".url must not hold a credential: it goes into api-key");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "upstreams." + upstream + ".url must not have a query or a fragment");
        }
    }
}
