package dev.nightmail.engine.relay;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.BatchUpstream.Collection;
import dev.nightmail.core.upstream.RelayedOutcome;

/**
 * Reads results of a batch to learn whose it is, and no more of them than that takes. One line with
 * a request of the relay proves that the batch is the relay's. That it is somebody else's is proved
 * by all of its lines, or by very many: a provider may put a foreign line in between.
 */
final class CandidateLines implements BatchUpstream.Receiver {

    /** So many of others', and none of ours: it is theirs. */
    private static final int FOREIGN_LINES_MAX = 1_000;

    private final RelayId relay;
    private int foreign;
    private boolean ours;

    CandidateLines(RelayId relay) {
        this.relay = relay;
    }

    @Override
    public boolean take(String customId, RelayedOutcome outcome) {
        if (RelayedId.parse(customId, relay).isPresent()) {
            ours = true;
        } else {
            foreign++;
        }
        return !ours && foreign < FOREIGN_LINES_MAX;
    }

    /** Ours is ours, whatever became of the rest of the line; foreign it may only seem to be. */
    @Override
    public void unreadable(String customId, JsonBytes error) {
        ours |= RelayedId.parse(customId, relay).isPresent();
    }

    boolean isOurs() {
        return ours;
    }

    /**
     * @param how the reading of the lines ended
     */
    boolean areAllForeign(Collection how) {
        return !ours && foreign > 0 && how instanceof Collection.Whole;
    }
}
