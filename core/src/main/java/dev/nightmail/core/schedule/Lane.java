package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.Routes.Route;
import java.util.Comparator;

/** The requests of one batch that go the same way. */
final class Lane {

    /** Whose batch is due first, then whose is oldest. */
    static final Comparator<Lane> BY_DEADLINE =
            Comparator.comparing((Lane lane) -> lane.batch.batch().header().expiresAt())
                    .thenComparing(lane -> lane.batch.id())
                    .thenComparingInt(lane -> lane.number);

    private final RunningBatch batch;
    private final int number;
    private final Route route;
    private final SendOrder order;

    /**
     * @param number among the lanes of its batch
     */
    Lane(RunningBatch batch, int number, Route route, SendOrder order) {
        this.batch = batch;
        this.number = number;
        this.route = route;
        this.order = order;
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
