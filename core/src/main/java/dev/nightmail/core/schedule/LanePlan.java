package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.Routes.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which of a batch's requests go where.
 *
 * @param lanes one for each model and route that some of them take: an upstream that will not serve
 *     one model is tried with another
 * @param apart requests that are sent one at a time, which no lane holds yet
 * @param unserved numbers of the requests whose model no route serves, ascending
 */
record LanePlan(List<Lane> lanes, List<Apart> apart, List<Integer> unserved) {

    record Apart(Lane lane, int number) {}

    /** Who asks for more models than this in one batch has several of them in a lane. */
    private static final int MODELS_MAX = 64;

    /** What the requests of a lane have in common. */
    private record Way(Route route, int model) {}

    /**
     * @param terms of each upstream
     */
    static LanePlan of(RunningBatch running, Routes routes, Function<String, UpstreamTerms> terms) {
        var ways = running.batch().header().models().stream().map(routes::routeFor).toList();
        var first = ways.getFirst();
        if (first.isPresent() && ways.size() == 1 && !running.hasApart()) {
            var lane = lane(running, 0, first.get(), null, new Lane.Had(), terms);
            return new LanePlan(List.of(lane), List.of(), List.of());
        }
        return mixed(running, ways, terms);
    }

    private static LanePlan mixed(
            RunningBatch running,
            List<Optional<Route>> ways,
            Function<String, UpstreamTerms> terms) {
        var served = new LinkedHashMap<Way, List<Integer>>();
        var apart = new LinkedHashMap<Way, List<Integer>>();
        var unserved = new ArrayList<Integer>();
        for (int number = 0; number < running.size(); number++) {
            int model = running.requests().model(number);
            var route = ways.get(model);
            if (route.isPresent()) {
                var way = new Way(route.get(), Math.min(model, MODELS_MAX));
                var together = served.computeIfAbsent(way, _ -> new ArrayList<>());
                if (running.isApart(number)) {
                    apart.computeIfAbsent(way, _ -> new ArrayList<>()).add(number);
                } else {
                    together.add(number);
                }
            } else {
                unserved.add(number);
            }
        }
        var lanes = new ArrayList<Lane>();
        var setApart = new ArrayList<Apart>();
        var had = new HashMap<List<String>, Lane.Had>();
        served.forEach((way, numbers) -> {
            var route = way.route();
            var shared = had.computeIfAbsent(route.upstreams(), _ -> new Lane.Had());
            var lane = lane(running, lanes.size(), route, array(numbers), shared, terms);
            lanes.add(lane);
            apart.getOrDefault(way, List.of())
                    .forEach(number -> setApart.add(new Apart(lane, number)));
        });
        return new LanePlan(lanes, setApart, unserved);
    }

    private static Lane lane(
            RunningBatch running,
            int number,
            Route route,
            int @Nullable [] numbers,
            Lane.Had had,
            Function<String, UpstreamTerms> terms) {
        boolean marks = running.requests().prefixes().isOneUnmarked();
        boolean unmarked =
                route.upstreams().stream()
                        .map(terms)
                        .anyMatch(of -> of.cachesUnasked() || (marks && of.marksShared()));
        return new Lane(running, number, route, SendOrder.of(running, numbers, unmarked), had);
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
