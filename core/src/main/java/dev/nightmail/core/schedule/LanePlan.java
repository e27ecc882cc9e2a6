package dev.nightmail.core.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which of a batch's requests go where.
 *
 * @param lanes one for each upstream that serves some of them, in order of its name
 * @param unserved numbers of the requests whose model no route serves, ascending
 */
record LanePlan(List<Lane> lanes, List<Integer> unserved) {

    static LanePlan of(RunningBatch running, Routes routes, Function<String, Pace> paces) {
        var upstreams =
                running.batch().header().models().stream().map(routes::upstreamFor).toList();
        var first = upstreams.getFirst();
        if (first.isPresent() && upstreams.stream().allMatch(first::equals)) {
            var lane = new Lane(running, paces.apply(first.get()), null);
            return new LanePlan(List.of(lane), List.of());
        }
        return mixed(running, upstreams, paces);
    }

    private static LanePlan mixed(
            RunningBatch running, List<Optional<String>> upstreams, Function<String, Pace> paces) {
        var served = new TreeMap<String, List<Integer>>();
        var unserved = new ArrayList<Integer>();
        for (int number = 0; number < running.size(); number++) {
            var upstream = upstreams.get(running.requests().model(number));
            if (upstream.isPresent()) {
                served.computeIfAbsent(upstream.get(), _ -> new ArrayList<>()).add(number);
            } else {
                unserved.add(number);
            }
        }
        var lanes = new ArrayList<Lane>();
        served.forEach((upstream, numbers) ->
                lanes.add(new Lane(running, paces.apply(upstream), array(numbers))));
        return new LanePlan(lanes, unserved);
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
