package dev.nightmail.simulation.client;

import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One request: what upstreams were asked of it, and what they said. */
public final class Account {

    private final Order order;
    private final Entry entry;
    private final List<Asking> askings = new ArrayList<>();
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private final Set<String> errors = new LinkedHashSet<>();
    private boolean settledForGood;

    /** What an answer cost. */
    public record Answer(Usage usage, Billing billing) {}

    /** One call. */
    public static final class Asking {
        private final int life;
        private final Instant wall;
        private final long beganNanos;
        private final boolean clockJustSet;
        private long endedNanos = Long.MAX_VALUE;
        private boolean decided;
        private boolean mayHaveCost;

        Asking(int life, Instant wall, long beganNanos, boolean clockJustSet) {
            this.life = life;
            this.wall = wall;
            this.beganNanos = beganNanos;
            this.clockJustSet = clockJustSet;
        }

        public int life() {
            return life;
        }

        public Instant wall() {
            return wall;
        }

        public long beganNanos() {
            return beganNanos;
        }

        /** Whether somebody set the clock in the moment in which it was sent. */
        public boolean clockJustSet() {
            return clockJustSet;
        }

        boolean isUnderWay() {
            return endedNanos == Long.MAX_VALUE;
        }

        /** The server has what it needs to settle the request. */
        boolean isDecided() {
            return decided;
        }

        /** Whether it is one of the attempts that the request has at most. */
        boolean counts() {
            return mayHaveCost || isUnderWay();
        }

        /**
         * The call is over.
         *
         * @param decisive whether the request need not be sent again
         * @param paid whether it may have cost something
         */
        public void end(long nanos, boolean decisive, boolean paid) {
            endedNanos = nanos;
            decided = decisive;
            mayHaveCost = paid;
        }

        long lastedNanos() {
            return endedNanos - beganNanos;
        }
    }

    Account(Order order, Entry entry) {
        this.order = order;
        this.entry = entry;
    }

    public Order order() {
        return order;
    }

    public Entry entry() {
        return entry;
    }

    public List<Asking> askings() {
        return askings;
    }

    public Map<String, Answer> answers() {
        return answers;
    }

    /** Every error a result of it may hold. */
    public Set<String> errors() {
        return errors;
    }

    /** A result of it was on stable storage when a process died. */
    public boolean isSettledForGood() {
        return settledForGood;
    }

    void settledForGood() {
        settledForGood = true;
    }
}
