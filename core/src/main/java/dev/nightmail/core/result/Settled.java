package dev.nightmail.core.result;

import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the result log of a batch says when it is opened: the fold over its index.
 *
 * @param requests numbers of the settled requests; a copy the receiver may keep and change
 * @param lastSettledAt when the last of them settled; null if none has
 * @param damages what was found missing or unknown in the middle of the log, in words for a person;
 *     normally none. The requests concerned count as settled: their result existed, and running
 *     them again could pay twice
 */
public record Settled(
        BitSet requests,
        RequestCounts counts,
        @Nullable Instant lastSettledAt,
        List<String> damages) {
    public Settled {
        damages = List.copyOf(damages);
    }
}
