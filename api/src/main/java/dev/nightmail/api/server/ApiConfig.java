package dev.nightmail.api.server;

import dev.nightmail.api.exchange.ApiLimits;
import dev.nightmail.core.memory.MemoryBudget;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the server listens and what it allows.
 *
 * @param port 0 for any that is free
 * @param publicUrl by which clients reach it, if that is not what their calls say
 * @param bodies memory for what is held of the bodies of all calls
 */
public record ApiConfig(
        String host,
        int port,
        @Nullable URI publicUrl,
        Access access,
        ApiLimits limits,
        MemoryBudget bodies) {

    /**
     * Under which names it is called, and by whom.
     *
     * @param pathPrefix what paths may begin with, such as {@code /claude}; empty for nothing
     * @param allowedHosts names by which it may be called while there are no keys, beside loopback
     * @param allowedOrigins of web pages that may call it from a browser
     */
    public record Access(
            String pathPrefix, List<String> allowedHosts, List<String> allowedOrigins) {

        /** Nothing but what works by itself. */
        public static final Access STANDARD = new Access("", List.of(), List.of());

        public Access {
            allowedHosts = List.copyOf(allowedHosts);
            allowedOrigins = List.copyOf(allowedOrigins);
        }
    }
}
