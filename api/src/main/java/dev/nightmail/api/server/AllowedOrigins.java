package dev.nightmail.api.server;

import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Origins of web pages, in the form in which browsers send them. */
final class AllowedOrigins {

    private final Set<String> origins;

    /**
     * @param origins such as {@code https://app.example}
     */
    AllowedOrigins(Collection<String> origins) {
        this.origins =
                origins.stream()
                        .flatMap(origin -> normal(origin).stream())
                        .collect(Collectors.toUnmodifiableSet());
    }

    boolean contain(String origin) {
        return normal(origin).filter(origins::contains).isPresent();
    }

    /** The origin of a URL's pages. Empty for {@code null}, and for what is no web page's. */
    static Optional<String> normal(@Nullable String url) {
        if (url == null) {
            return Optional.empty();
        }
        try {
            var uri = URI.create(url.strip());
            var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            var usualPort = usualPort(scheme);
            return usualPort.isEmpty() || uri.getRawAuthority() == null
                    ? Optional.empty()
                    : HostName.parse(uri.getRawAuthority())
                            .map(host -> scheme + "://" + host.authority(usualPort));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Empty for a scheme that no web page has. */
    static String usualPort(String scheme) {
        return switch (scheme) {
            case "http" -> "80";
            case "https" -> "443";
            default -> "";
        };
    }
}
