package dev.nightmail.core.schedule;

import dev.nightmail.core.schedule.Routes.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which of a batch's requests go where.
 *
 * @param lanes one for each route that some of them take
 * @param unserved numbers of the requests whose model no route serves, ascending
 */
record LanePlan(List<Lane> lanes, List<Integer> unserved) {

    /**
     * @param terms of each upstream
     */
    static LanePlan of(RunningBatch running, Routes routes, Function<String, UpstreamTerms> terms) {
        var ways = running.batch().header().models().stream().map(routes::routeFor).toList();
        var first = ways.getFirst();
        if (first.isPresent() && ways.stream().allMatch(first::equals)) {
            return new LanePlan(List.of(lane(running, 0, first.get(), null, terms)), List.of());
        }
        return mixed(running, ways, terms);
    }

    private static LanePlan mixed(
            RunningBatch running,
            List<Optional<Route>> ways,
            Function<String, UpstreamTerms> terms) {
        var served = new LinkedHashMap<Route, List<Integer>>();
        var unserved = new ArrayList<Integer>();
        for (int number = 0; number < running.size(); number++) {
            var route = ways.get(running.requests().model(number));
            if (route.isPresent()) {
                served.computeIfAbsent(route.get(), _ -> new ArrayList<>()).add(number);
            } else {
                unserved.add(number);
            }
        }
        var lanes = new ArrayList<Lane>();
        served.forEach((route, numbers) ->
                lanes.add(lane(running, lanes.size(), route, array(numbers), terms)));
        return new LanePlan(lanes, unserved);
    }

    private static Lane lane(
            RunningBatch running,
            int number,
            Route route,
            int @Nullable [] numbers,
            Function<String, UpstreamTerms> terms) {
        boolean marks = running.requests().prefixes().isOneUnmarked();
        boolean unmarked =
                route.upstreams().stream()
                        .map(terms)
                        .anyMatch(of -> of.cachesUnasked() || (marks && of.marksShared()));
        return new Lane(running, number, route, SendOrder.of(running, numbers, unmarked));
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
