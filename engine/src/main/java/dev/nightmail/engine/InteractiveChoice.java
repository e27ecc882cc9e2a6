package dev.nightmail.engine;

import dev.nightmail.core.schedule.Routes.Route;
import dev.nightmail.core.schedule.UpstreamState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * To which of a route's upstreams an interactive call goes, and to which next if that does nothing
 * for it: those that answer first, among them the one that is least busy for its size.
 *
 * <p>One that is unhealthy or out of reach counts as answering when its pause is over, for one call
 * at a time: where no batch finds out that it is back, somebody has to. One that bars us is asked
 * last: only a person mends it.
 */
final class InteractiveChoice {

    private final Supplier<List<UpstreamState>> states;
    private final Map<String, AtomicInteger> inFlight = new LinkedHashMap<>();

    /**
     * @param states how all of them stood lately; calls in flight are counted here, to the moment
     */
    InteractiveChoice(Set<String> upstreams, Supplier<List<UpstreamState>> states) {
        this.states = states;
        upstreams.forEach(name -> inFlight.put(name, new AtomicInteger()));
    }

    void began(String upstream) {
        count(upstream).incrementAndGet();
    }

    void ended(String upstream) {
        count(upstream).decrementAndGet();
    }

    private AtomicInteger count(String upstream) {
        var count = inFlight.get(upstream);
        if (count == null) {
            throw new IllegalStateException("no upstream is called " + upstream);
        }
        return count;
    }

    /** One candidate; the best is the least. */
    private record Candidate(String name, int rank, double busy) {
        private static final Comparator<Candidate> BEST_FIRST =
                Comparator.comparingInt(Candidate::rank).thenComparingDouble(Candidate::busy);
    }

    /** All upstreams of the route, best first; where two are alike, as the route has them. */
    List<String> inOrder(Route route) {
        if (route.upstreams().size() == 1) {
            return route.upstreams();
        }
        var byName = new LinkedHashMap<String, UpstreamState>();
        states.get().forEach(state -> byName.put(state.name(), state));
        var candidates = new ArrayList<Candidate>();
        for (var name : route.upstreams()) {
            var state = byName.get(name);
            if (state == null) {
                throw new IllegalStateException("no upstream is called " + name);
            }
            candidates.add(candidate(state, count(name).get()));
        }
        candidates.sort(Candidate.BEST_FIRST);
        return candidates.stream().map(Candidate::name).toList();
    }

    private static Candidate candidate(UpstreamState state, int interactive) {
        var places = state.places();
        double busy = (double) (places.inFlight() + interactive) / places.max();
        boolean mayBeBack = state.pausedUntil() == null && interactive == 0;
        int rank =
                switch (state.condition()) {
                    case HEALTHY, SLOWED -> 0;
                    case PAUSED -> 1;
                    case UNHEALTHY -> mayBeBack ? 0 : 2;
                    case UNREACHABLE -> mayBeBack ? 0 : 3;
                    case UNAUTHORIZED -> 4;
                };
        return new Candidate(state.name(), rank, busy);
    }
}
