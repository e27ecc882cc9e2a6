package dev.nightmail.app.config;

import dev.nightmail.api.server.ApiConfig;
import dev.nightmail.app.config.NightmailConfig.Listen;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Reads {@code listen}: where the server is, what it is called and whom it lets in. */
final class ListenReader {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}");
    private static final Pattern PREFIX = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+");
    private static final Pattern ORIGIN =
            Pattern.compile(
                    "https?://([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

    /** Paths that are the server's own. */
    private static final List<String> OWN = List.of("/v1", "/nightmail", "/console");

    private final Settings settings;

    ListenReader(Settings settings) {
        this.settings = settings;
    }

    Listen read() {
        return new Listen(
                settings.checked("listen.host", ListenReader::host).orElse("127.0.0.1"),
                settings.number("listen.port", 0, 65_535, 8787),
                settings.checked("listen.public-url", WebUrl::parse).orElse(null),
                new ApiConfig.Access(
                        settings.checked("listen.path-prefix", ListenReader::prefix).orElse(""),
                        list("listen.allowed-hosts", ListenReader::name),
                        list("listen.allowed-origins", ListenReader::origin)));
    }

    private List<String> list(String key, UnaryOperator<String> check) {
        return settings.list(key).stream()
                .flatMap(item -> settings.fits(key, item, check).stream())
                .toList();
    }

    /** That a name exists is found out when it is listened on. */
    private static String host(String text) {
        var host = text.strip();
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    host.isEmpty()
                            ? "is empty; expected an address such as 127.0.0.1, or 0.0.0.0 for all"
                            : "expected an address such as 127.0.0.1 or a name, without http:// and without a port");
        }
        return host;
    }

    private static String prefix(String text) {
        var prefix = text.strip().replaceAll("/+$", "");
        if (prefix.isEmpty()) {
            return "";
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("expected a path such as /claude");
        }
        for (var own : OWN) {
            if (prefix.equals(own) || prefix.startsWith(own + "/")) {
                throw new IllegalArgumentException(
                        "begins with %s, where the server's own paths begin".formatted(own));
            }
        }
        return prefix;
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "expected names such as box.lan, without http:// and without a port");
        }
        return text;
    }

    private static String origin(String text) {
        if (!ORIGIN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    text.equals("*")
                            ? "is *, which would let every page in the world call: name the origins, such as https://app.example"
                            : "expected origins such as https://app.example, without a path");
        }
        return text;
    }
}
