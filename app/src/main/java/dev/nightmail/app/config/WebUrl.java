package dev.nightmail.app.config;

import java.net.URI;
import java.net.URISyntaxException;

/** URLs of servers. */
final class WebUrl {

    private static final String EXPECTED = "expected a URL such as https://relay.example/prefix";

    private WebUrl() {}

    /**
     * @throws IllegalArgumentException saying what is expected; what was given is not repeated,
     *     since it may hold a password
     */
    static URI parse(String text) {
        try {
            var uri = new URI(text.strip());
            boolean web =
                    "http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null) {
                return requireBare(uri);
            }
        } catch (URISyntaxException _) {
            // Told below, together with all else that is no URL.
        }
        throw new IllegalArgumentException(EXPECTED);
    }

    /** Paths are put behind it, and whatever else it holds would be lost or end up in a log. */
    private static URI requireBare(URI uri) {
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "must hold no user name and no password: a key goes into api-key, best as \"${VARIABLE}\"");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "must end with its path: what follows ? or # is not part of where an API starts");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new IllegalArgumentException("has a port that there is not: 1 to 65535");
        }
        return uri;
    }
}
