package dev.nightmail.pipeline.client;

import java.time.Duration;

/**
 * How long the client waits and how often it tries.
 *
 * @param connectTimeout until a connection stands
 * @param answerTimeout from the request until the answer's headers; a create counts from its first
 *     byte, so a large body on a slow line must fit
 * @param silenceTimeout without a byte while an answer is read
 * @param attemptsMax calls for one operation, the first included
 * @param retryDelayMin before the second call; doubled for each further one, less up to a quarter
 *     at random
 * @param retryDelayMax longest wait of our own making; a {@code retry-after} of the server may be
 *     longer
 */
public record ClientLimits(
        Duration connectTimeout,
        Duration answerTimeout,
        Duration silenceTimeout,
        int attemptsMax,
        Duration retryDelayMin,
        Duration retryDelayMax) {

    public static final ClientLimits DEFAULT =
            new ClientLimits(
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(2),
                    6,
                    Duration.ofMillis(500),
                    Duration.ofSeconds(8));

    /** The same, but for one call. */
    public ClientLimits withoutRetries() {
        return new ClientLimits(
                connectTimeout, answerTimeout, silenceTimeout, 1, retryDelayMin, retryDelayMax);
    }
}
