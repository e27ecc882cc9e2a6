package dev.nightmail.core.result;

import dev.nightmail.core.request.CustomId;
import java.time.Instant;

/**
 * A request with its result.
 *
 * @param number the request's place in its batch
 */
public record SettledRequest(int number, CustomId customId, Result result, Instant settledAt) {}
