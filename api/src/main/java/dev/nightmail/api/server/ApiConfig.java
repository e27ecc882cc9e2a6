package dev.nightmail.api.server;

import dev.nightmail.api.exchange.ApiLimits;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the server listens and what it allows.
 *
 * @param port 0 for any that is free
 * @param publicUrl by which clients reach it, if that is not what their calls say
 */
public record ApiConfig(String host, int port, @Nullable URI publicUrl, ApiLimits limits) {}
