package dev.nightmail.core.schedule;

import dev.nightmail.core.lease.ChunkId;
import dev.nightmail.core.lease.Lease;
import dev.nightmail.core.lease.Leases;
import dev.nightmail.core.lease.WorkerId;
import dev.nightmail.core.schedule.Pace.Sent;
import dev.nightmail.core.schedule.SendOrder.Pick;
import dev.nightmail.core.schedule.Turns.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attempts that are under way, each under the lease of its request's chunk. */
final class Flights {

    private final WorkerId worker;
    private final Leases leases;
    private final Map<Long, Flight> underWay = new LinkedHashMap<>();
    private long attemptCount;
    private long attemptsBefore;
    private int recent;

    /**
     * @param sent what its upstream's pace wants to know of it
     */
    record Flight(long attempt, Turns upstream, Lane lane, Pick pick, Lease lease, Sent sent) {
        RunningBatch batch() {
            return lane.batch();
        }

        int request() {
            return pick.number();
        }
    }

    Flights(WorkerId worker, Duration leaseTtl) {
        this.worker = worker;
        this.leases = new Leases(leaseTtl);
    }

    int size() {
        return underWay.size();
    }

    List<Long> attempts() {
        return List.copyOf(underWay.keySet());
    }

    List<Long> attemptsOf(RunningBatch batch) {
        return underWay.values().stream()
                .filter(flight -> flight.batch() == batch)
                .map(Flight::attempt)
                .toList();
    }

    Flight begin(Turns upstream, Turn turn, Sent sent) {
        var steady = sent.at();
        var lane = turn.lane();
        var lease = leases.take(lane.batch().chunkOf(turn.pick().number()), worker, steady);
        var flight = new Flight(++attemptCount, upstream, lane, turn.pick(), lease, sent);
        underWay.put(flight.attempt(), flight);
        recent++;
        return flight;
    }

    /** The attempt is over, however it went; null if it was taken for lost before. */
    @Nullable Flight end(long attempt) {
        var flight = underWay.remove(attempt);
        if (flight != null && attempt > attemptsBefore) {
            recent--;
        }
        return flight;
    }

    /** From here on {@link #recent} counts anew. */
    void countAnew() {
        attemptsBefore = attemptCount;
        recent = 0;
    }

    /** Those under way that have begun since {@link #countAnew}. */
    int recent() {
        return recent;
    }

    /** Whether what the attempt brings may still be used. */
    boolean holds(Flight flight) {
        return leases.isCurrent(flight.lease()) && flight.batch().isInFlight(flight.request());
    }

    void heardOf(Flight flight, Instant steady) {
        leases.touch(flight.lease(), steady);
    }

    /** Takes out the attempts whose lease has lapsed: nobody has heard of them for too long. */
    List<Flight> lapse(Instant steady) {
        leases.lapse(steady);
        var lost = new ArrayList<Flight>();
        for (var flight : underWay.values()) {
            // Its chunk may also be done with and released: what expired is settled without it.
            if (!leases.isCurrent(flight.lease()) && !steady.isBefore(flight.lease().deadline())) {
                lost.add(flight);
            }
        }
        lost.forEach(flight -> end(flight.attempt()));
        return lost;
    }

    void release(List<ChunkId> done) {
        done.forEach(leases::release);
    }
}
