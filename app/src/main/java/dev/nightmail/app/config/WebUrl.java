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
                return uri;
            }
        } catch (URISyntaxException _) {
            // Told below, together with all else that is no URL.
        }
        throw new IllegalArgumentException(EXPECTED);
    }
}
