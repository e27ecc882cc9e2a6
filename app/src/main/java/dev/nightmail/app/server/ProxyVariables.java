package dev.nightmail.app.server;

import dev.nightmail.upstream.http.ProxySettings;
import dev.nightmail.upstream.http.Secret;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The customary variables {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}, in upper or
 * lower case.
 */
public final class ProxyVariables {

    private final Function<String, Optional<String>> environment;

    public ProxyVariables(Function<String, Optional<String>> environment) {
        this.environment = environment;
    }

    /**
     * @throws StartException if the variable does not hold a proxy
     */
    Optional<ProxySettings> forScheme(String scheme) {
        var variable = scheme.toUpperCase(Locale.ROOT) + "_PROXY";
        return variable(variable).map(value -> proxy(variable, value));
    }

    private ProxySettings proxy(String variable, String value) {
        var noProxy = List.of(variable("NO_PROXY").orElse("").split(","));
        try {
            var uri = URI.create(value.contains("://") ? value : "http://" + value);
            var bare =
                    new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null);
            return new ProxySettings(bare, credential(uri), noProxy);
        } catch (java.net.URISyntaxException | IllegalArgumentException e) {
            throw new StartException(
                    variable + " does not hold a proxy such as http://proxy.example:3128", e);
        }
    }

    private static @Nullable Secret credential(URI uri) {
        return uri.getUserInfo() == null ? null : new Secret(uri.getUserInfo());
    }

    private Optional<String> variable(String name) {
        return environment
                .apply(name)
                .or(() -> environment.apply(name.toLowerCase(Locale.ROOT)))
                .filter(value -> !value.isBlank());
    }
}
