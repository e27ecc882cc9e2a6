package dev.nightmail.api.exchange;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * By which URL the client reaches us: the configured one, or what the call itself says. The SDKs
 * fetch {@code results_url} as it stands, credentials and all, so a name the client has not used
 * itself would be of no use to it.
 */
public final class PublicUrl {

    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.\\-_:\\[\\]]{1,260}");

    /** No braces, which the Python SDK takes for a template, and no dot segments. */
    private static final Pattern PREFIX =
            Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~\\-]+)+/?");

    private final @Nullable URI configured;

    /**
     * @param configured null if each call is to say
     */
    public PublicUrl(@Nullable URI configured) {
        this.configured = configured;
    }

    /** The base URL of this call's client. Without a slash at its end. */
    public String of(Exchange exchange) {
        if (configured != null) {
            return withoutSlash(configured.toString());
        }
        return scheme(exchange)
                + "://"
                + authority(exchange)
                + prefix(exchange)
                // Below it only if the client calls there, too.
                + exchange.pathPrefix();
    }

    private static String scheme(Exchange exchange) {
        var forwarded = first(exchange.header("x-forwarded-proto"));
        if (forwarded.equalsIgnoreCase("https")) {
            return "https";
        }
        if (forwarded.equalsIgnoreCase("http")) {
            return "http";
        }
        return exchange.request().isSecure() ? "https" : "http";
    }

    private static String authority(Exchange exchange) {
        var forwarded = first(exchange.header("x-forwarded-host"));
        if (AUTHORITY.matcher(forwarded).matches()) {
            return forwarded;
        }
        var authority = exchange.request().getHttpURI().getAuthority();
        if (authority != null && AUTHORITY.matcher(authority).matches()) {
            return authority;
        }
        var local = exchange.request().getConnectionMetaData().getServerAuthority();
        return local == null ? "localhost" : local.toString();
    }

    private static String prefix(Exchange exchange) {
        var forwarded = first(exchange.header("x-forwarded-prefix"));
        return PREFIX.matcher(forwarded).matches() ? withoutSlash(forwarded) : "";
    }

    /** Each proxy appends; the first value is what the client saw. */
    private static String first(@Nullable String header) {
        return header == null ? "" : header.split(",", 2)[0].strip();
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
