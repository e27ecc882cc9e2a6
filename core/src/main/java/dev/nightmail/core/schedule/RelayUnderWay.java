package dev.nightmail.core.schedule;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.relay.Relay;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A relay whose record is there, with what is known of its requests.
 *
 * <p>A request of it is <i>open</i> until its result is durable or it is to be put back. The record
 * goes when none is open any more, and only then are those sent again that were to be put back: so
 * a request is in one record at most, and after a crash it is clear where it is.
 */
final class RelayUnderWay {

    /**
     * Creates that a relay and the parts it was cut into may be refused, before those that are
     * refused again are errored: enough to find a few requests at fault among 100,000.
     */
    private static final int REFUSALS_MAX = 80;

    /** How the requests of one batch fare. */
    static final class Share {
        /** Without a result that is durable, and not to be put back. */
        final BitSet open = new BitSet();

        /** Of those, decided by the last group of outcomes: there is no next one until it is so. */
        final BitSet deciding = new BitSet();

        /** Of those, decided otherwise, and nothing waits for their storage but the record. */
        final BitSet decided = new BitSet();

        /** Of all, expired here: an answer to them comes too late. */
        final BitSet late = new BitSet();

        /** To be sent again, or canceled, when the record is gone. */
        final BitSet back = new BitSet();
    }

    private final Relay relay;
    private final Map<BatchId, Share> shares = new TreeMap<>();
    private final Set<BatchId> awaiting = new TreeSet<>();
    private final int[] refusals;
    private boolean groupTaken;
    private boolean collected;
    private boolean closing;
    private boolean cancelAsked;
    private boolean broughtResults;
    private @Nullable Trouble trouble;
    private int collections;
    private int discarded;

    RelayUnderWay(Relay relay) {
        this(relay, new int[1]);
    }

    private RelayUnderWay(Relay relay, int[] refusals) {
        this.relay = relay;
        this.refusals = refusals;
    }

    /** A piece of it, which has a record of its own. */
    RelayUnderWay piece(Relay part) {
        return new RelayUnderWay(part, refusals);
    }

    Relay relay() {
        return relay;
    }

    Map<BatchId, Share> shares() {
        return shares;
    }

    /** The share of a batch that is running, or is to run again. */
    Share share(BatchId batch) {
        return shares.computeIfAbsent(batch, _ -> new Share());
    }

    /** Batches of a relay of the last process that are yet to be opened. */
    Set<BatchId> awaiting() {
        return awaiting;
    }

    /** Counts a refused create. @return whether there may be another */
    boolean countRefusal() {
        return ++refusals[0] < REFUSALS_MAX;
    }

    /** A group of outcomes has come, and the next waits until it is stored. */
    void groupTaken() {
        groupTaken = true;
    }

    /** Whether a group waits that may be followed by the next now; asked once for each group. */
    boolean wantsMore() {
        if (!groupTaken || shares.values().stream().anyMatch(share -> !share.deciding.isEmpty())) {
            return false;
        }
        groupTaken = false;
        return true;
    }

    /** Whether for every open request a result waits for storage. */
    boolean isAllDecided() {
        return shares.values().stream()
                .allMatch(share -> {
                    var undecided = (BitSet) share.open.clone();
                    undecided.andNot(share.deciding);
                    undecided.andNot(share.decided);
                    return undecided.isEmpty();
                });
    }

    /** Outcomes have to be collected again. @return how often that was so */
    int countCollection() {
        return ++collections;
    }

    void collected() {
        collected = true;
    }

    /** Whether nothing more is to be done but to remove its record. */
    boolean isDone() {
        return collected && shares.values().stream().allMatch(share -> share.open.isEmpty());
    }

    /** Its record is to go. @return whether it was not asked before */
    boolean close() {
        boolean first = !closing;
        closing = true;
        return first;
    }

    /** The provider is to cancel it. @return whether it was not asked before */
    boolean askCancel() {
        boolean first = !cancelAsked;
        cancelAsked = true;
        return first;
    }

    /**
     * Why a relay brought no result for a request.
     *
     * @param unauthorized whether the provider does not serve us, rather than failing at it
     */
    record Trouble(String reason, boolean unauthorized) {}

    /** A request of it has its result. */
    void broughtResult() {
        broughtResults = true;
    }

    /** A request of it goes again, through no wish of ours. */
    void failed(Trouble why) {
        if (trouble == null) {
            trouble = why;
        }
    }

    boolean hasBroughtResults() {
        return broughtResults;
    }

    /** What kept it from bringing any result at all; null if nothing did. */
    @Nullable Trouble fruitless() {
        return broughtResults ? null : trouble;
    }

    void discard() {
        discarded++;
    }

    int discarded() {
        return discarded;
    }

    /** Requests that take a place in the provider's queue. */
    int queued() {
        return relay.size();
    }
}
