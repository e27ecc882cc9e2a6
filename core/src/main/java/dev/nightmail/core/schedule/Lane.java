package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.Routes.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/** The requests of one batch that go the same way. */
final class Lane {

    /** Whose batch is due first, then whose is oldest. */
    static final Comparator<Lane> BY_DEADLINE =
            Comparator.comparing((Lane lane) -> lane.batch.batch().header().expiresAt())
                    .thenComparing(lane -> lane.batch.id())
                    .thenComparingInt(lane -> lane.number);

    /** The last part of the time from creation to deadline. */
    private static final int URGENT_PART = 6;

    /** A lane that has had less is at level 0: a few requests of usual size. */
    private static final long LEVEL_TOKENS = 1 << 12;

    private final RunningBatch batch;
    private final int number;
    private final Route route;
    private final SendOrder order;
    private final Instant urgentFrom;
    private long served;

    /**
     * @param number among the lanes of its batch
     */
    Lane(RunningBatch batch, int number, Route route, SendOrder order) {
        this.batch = batch;
        this.number = number;
        this.route = route;
        this.order = order;
        var header = batch.batch().header();
        var window = Duration.between(header.createdAt(), header.expiresAt());
        this.urgentFrom = header.expiresAt().minus(window.dividedBy(URGENT_PART));
    }

    /** Whether so little time is left that its turn comes before all that is fair. */
    boolean isUrgent(Instant wall) {
        return !wall.isBefore(urgentFrom);
    }

    /** It has had so many tokens more, of whichever upstream. */
    void charge(long tokens) {
        served += tokens;
    }

    /** How much it has had, roughly: each level takes as much as all below it together. */
    int level() {
        return Long.SIZE - Long.numberOfLeadingZeros(served / LEVEL_TOKENS);
    }

    RunningBatch batch() {
        return batch;
    }

    /** Any of whose upstreams may answer. */
    Route route() {
        return route;
    }

    SendOrder order() {
        return order;
    }
}
