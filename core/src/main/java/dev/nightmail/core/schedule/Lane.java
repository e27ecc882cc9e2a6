package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.Routes.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/** The requests of one batch that go the same way, and ask for the same model. */
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
    private boolean answered;
    private final Had had;

    /** What the lanes of a batch have had that go to the same upstreams. */
    static final class Had {
        private long tokens;
    }

    /**
     * @param number among the lanes of its batch
     * @param had shared with the lanes of its other models: a batch of many has no more turns
     */
    Lane(RunningBatch batch, int number, Route route, SendOrder order, Had had) {
        this.batch = batch;
        this.number = number;
        this.route = route;
        this.order = order;
        this.had = had;
        var header = batch.batch().header();
        var window = Duration.between(header.createdAt(), header.expiresAt());
        this.urgentFrom = header.expiresAt().minus(window.dividedBy(URGENT_PART));
    }

    /** Whether so little time is left that its turn comes before all that is fair. */
    boolean isUrgent(Instant wall) {
        return !wall.isBefore(urgentFrom);
    }

    /** One of its requests was answered, be it with a refusal of the request. */
    void answered() {
        answered = true;
    }

    boolean isAnswered() {
        return answered;
    }

    /** It has had so many tokens more, of whichever of its upstreams. */
    void charge(long tokens) {
        had.tokens += tokens;
    }

    /** How much its batch has had, roughly: each level takes as much as all below it together. */
    int level() {
        return Long.SIZE - Long.numberOfLeadingZeros(had.tokens / LEVEL_TOKENS);
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
