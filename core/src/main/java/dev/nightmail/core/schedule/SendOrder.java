package dev.nightmail.core.schedule;

import dev.nightmail.core.request.Breakpoint;
import dev.nightmail.core.request.Prefixes;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.schedule.PrefixGroup.Place;
import dev.nightmail.core.schedule.PrefixGroup.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * In which order the requests of a lane are sent, so that as much as possible of their prompts is
 * read from the upstream's cache.
 *
 * <p>One request of a group is sent ahead and warms the cache; the others wait until it is
 * answered, and then go before anything else: the group is drained while it is warm. Meanwhile, and
 * whenever no warm group has a request left, the next group is begun, those next that share most
 * with it. Of the warm groups the one goes first whose prefix would be forgotten first. What
 * belongs to no group fills in.
 *
 * <p>A group is at home at one upstream. One that has nothing else to do takes half of a group that
 * is at home elsewhere, and warms its own cache with it.
 */
final class SendOrder {

    /** How finely it is looked at which prefix is forgotten first: else groups would take turns. */
    private static final long KEEP_ALIVE_SECONDS = 30;

    /** So many groups are looked at for one that can be begun; each may wait for a shorter one. */
    private static final int LOOK_AHEAD = 256;

    /** A half smaller than this is not worth writing its prefix to another cache. */
    private static final int HALF_MIN = 8;

    /** In a batch so small a request that shares nothing may well share with other batches. */
    private static final int SMALL_BATCH = 100;

    private final RunningBatch batch;

    /** Numbers of the requests that are in no group, in their order; null if they are all. */
    private final int @Nullable [] plain;

    private int next;
    private final ArrayDeque<Integer> again = new ArrayDeque<>();

    private final Map<Integer, PrefixGroup> groups;
    private final Set<PrefixGroup> unfinished = new LinkedHashSet<>();
    private final TreeMap<Place, PrefixGroup> cold = new TreeMap<>();
    private final Map<Warmth, PriorityQueue<Ready>> ready = new HashMap<>();
    private int copies;

    /** The prefixes that groups were last found to wait for, since a call warms them. */
    private final Set<Integer> awaited = new LinkedHashSet<>();

    /**
     * A request that may be sent now.
     *
     * @param group null if it is in none
     * @param leads whether others wait for its answer
     */
    record Pick(int number, @Nullable PrefixGroup group, boolean leads) {}

    private record Ready(PrefixGroup group, long forgotten) {
        static final Comparator<Ready> ORDER =
                Comparator.comparingLong(Ready::forgotten)
                        .thenComparing(entry -> entry.group().place());
    }

    private SendOrder(
            RunningBatch batch, int @Nullable [] plain, Map<Integer, PrefixGroup> groups) {
        this.batch = batch;
        this.plain = plain;
        this.groups = groups;
        for (var group : groups.values()) {
            unfinished.add(group);
            cold.put(group.place(), group);
        }
    }

    /**
     * @param numbers of the requests, ascending; null if they are all of the batch
     * @param unmarked whether prefixes count that no request asked to be cached
     */
    static SendOrder of(RunningBatch batch, int @Nullable [] numbers, boolean unmarked) {
        var prefixes = batch.requests().prefixes();
        var members = new LinkedHashMap<Integer, List<Integer>>();
        if (prefixes.size() > 0) {
            int size = numbers == null ? batch.size() : numbers.length;
            for (int i = 0; i < size; i++) {
                int number = numbers == null ? i : numbers[i];
                int prefix = prefixes.of(number);
                if (prefix >= 0 && (unmarked || prefixes.get(prefix).breakpoint().marked())) {
                    members.computeIfAbsent(prefix, _ -> new ArrayList<>()).add(number);
                }
            }
            members.values().removeIf(group -> group.size() == 1 && batch.size() > SMALL_BATCH);
        }
        if (members.isEmpty()) {
            return new SendOrder(batch, longestFirst(batch, numbers), Map.of());
        }
        var grouped = new BitSet(batch.size());
        members.values().forEach(group -> group.forEach(grouped::set));
        var rest =
                (numbers == null ? IntStream.range(0, batch.size()) : IntStream.of(numbers))
                        .filter(number -> !grouped.get(number))
                        .toArray();
        return new SendOrder(batch, longestFirst(batch, rest), groups(batch, prefixes, members));
    }

    private static Map<Integer, PrefixGroup> groups(
            RunningBatch batch, Prefixes prefixes, Map<Integer, List<Integer>> members) {
        var roots = new LinkedHashMap<Integer, List<Integer>>();
        var sizes = new HashMap<Integer, Integer>();
        members.forEach((prefix, numbers) -> {
            int root = hashes(prefixes, prefix)[0];
            roots.computeIfAbsent(root, _ -> new ArrayList<>()).add(prefix);
            sizes.merge(root, numbers.size(), Integer::sum);
        });
        var byTree =
                Comparator.comparing((Integer prefix) -> hashes(prefixes, prefix), Arrays::compare);
        var bySize = Comparator.comparingInt((Integer root) -> -sizes.getOrDefault(root, 0));
        var groups = new LinkedHashMap<Integer, PrefixGroup>();
        for (int root : roots.keySet().stream().sorted(bySize).toList()) {
            var kin = roots.getOrDefault(root, List.of()).stream().sorted(byTree).toList();
            int behindKin = groups.size() + kin.size();
            for (int prefix : kin) {
                var numbers =
                        members.getOrDefault(prefix, List.of()).stream()
                                .mapToInt(Integer::intValue)
                                .toArray();
                var sorted = longestFirst(batch, numbers);
                groups.put(
                        prefix,
                        new PrefixGroup(
                                batch,
                                new Place(groups.size(), 0, behindKin),
                                hashes(prefixes, prefix),
                                prefixes.chain(prefix).stream()
                                        .map(Breakpoint::ttl)
                                        .toArray(Duration[]::new),
                                prefixes.get(prefix).breakpoint().tokens(),
                                sorted == null ? numbers : sorted));
            }
        }
        return groups;
    }

    private static int[] hashes(Prefixes prefixes, int prefix) {
        return prefixes.chain(prefix).stream().mapToInt(Breakpoint::hash).toArray();
    }

    /** Stable: what is alike stays in its order, in which it also lies on the disk. */
    private static int @Nullable [] longestFirst(RunningBatch batch, int @Nullable [] numbers) {
        RequestFacts facts = batch.requests();
        int size = numbers == null ? batch.size() : numbers.length;
        boolean alike = true;
        for (int i = 1; i < size && alike; i++) {
            alike =
                    facts.outputTokensMax(numbers == null ? i : numbers[i])
                            == facts.outputTokensMax(numbers == null ? 0 : numbers[0]);
        }
        if (alike) {
            return numbers;
        }
        return (numbers == null ? IntStream.range(0, size) : IntStream.of(numbers))
                .boxed()
                .sorted(Comparator.comparingInt(number -> -facts.outputTokensMax(number)))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Whether nothing waits to be sent, now or later. */
    boolean isEmpty() {
        if (!plainIsEmpty()) {
            return false;
        }
        while (!unfinished.isEmpty()) {
            var group = unfinished.iterator().next();
            if (!group.isEmpty()) {
                return false;
            }
            unfinished.remove(group);
        }
        return true;
    }

    private boolean plainIsEmpty() {
        while (!again.isEmpty() && !batch.isPending(again.getFirst())) {
            again.removeFirst();
        }
        while (next < plainSize() && !batch.isPending(plainAt(next))) {
            next++;
        }
        return again.isEmpty() && next >= plainSize();
    }

    private int plainSize() {
        return plain == null ? batch.size() : plain.length;
    }

    private int plainAt(int position) {
        return plain == null ? position : plain[position];
    }

    /** What is to be sent next to this upstream; null if nothing may be now. */
    @Nullable Pick peek(Warmth upstream, Instant now) {
        awaited.clear();
        var pick = peekReady(upstream, now);
        if (pick == null) {
            pick = peekCold(upstream, now);
        }
        if (pick == null && !plainIsEmpty()) {
            var first = again.peekFirst();
            pick = new Pick(first == null ? plainAt(next) : first, null, false);
        }
        if (pick == null && adoptHalf(upstream)) {
            pick = peekCold(upstream, now);
        }
        return pick;
    }

    /** Where {@link #peek} has found nothing: the prefixes that some group waits for. */
    Set<Integer> awaited() {
        return awaited;
    }

    private @Nullable Pick peekReady(Warmth upstream, Instant now) {
        var queue = ready.get(upstream);
        while (queue != null && !queue.isEmpty()) {
            var entry = queue.element();
            var group = entry.group();
            if (group.stage() != Stage.READY || group.home() != upstream) {
                queue.remove();
            } else if (group.isEmpty()) {
                queue.remove();
                group.isNow(Stage.DONE, null);
            } else if (!upstream.isWarm(group.prefix(), now)) {
                queue.remove();
                isCold(group);
            } else if (forgotten(group, upstream) > entry.forgotten()) {
                queue.remove();
                queue.add(new Ready(group, forgotten(group, upstream)));
            } else {
                return new Pick(group.peek(), group, false);
            }
        }
        return null;
    }

    private static long forgotten(PrefixGroup group, Warmth upstream) {
        return upstream.warmUntil(group.prefix()).getEpochSecond() / KEEP_ALIVE_SECONDS;
    }

    private @Nullable Pick peekCold(Warmth upstream, Instant now) {
        var entry = cold.firstEntry();
        for (int looked = 0; entry != null && looked < LOOK_AHEAD; looked++) {
            var place = entry.getKey();
            var group = entry.getValue();
            if (group.isEmpty()) {
                cold.remove(place);
                group.isNow(Stage.DONE, null);
                entry = cold.higherEntry(place);
            } else if (upstream.isWarm(group.prefix(), now)) {
                cold.remove(place);
                isReady(group, upstream);
                return new Pick(group.peek(), group, false);
            } else {
                var warming = upstream.awaited(group.chain(), now);
                if (warming == null) {
                    return new Pick(group.peek(), group, true);
                }
                awaited.add(warming);
                entry =
                        upstream.isWarm(group.chain()[0], now)
                                ? cold.higherEntry(place)
                                : cold.ceilingEntry(Place.first(place.behindKin()));
            }
        }
        return null;
    }

    private boolean adoptHalf(Warmth upstream) {
        PrefixGroup largest = null;
        for (var group : unfinished) {
            if (group.home() == upstream && !group.isEmpty()) {
                return false;
            }
            if (group.home() != null && (largest == null || group.size() > largest.size())) {
                largest = group;
            }
        }
        if (largest == null || largest.size() < 2 * HALF_MIN) {
            return false;
        }
        var half = largest.split(++copies);
        unfinished.add(half);
        cold.put(half.place(), half);
        return true;
    }

    void take(Pick pick, Warmth upstream, Instant now) {
        var group = pick.group();
        if (group == null) {
            var first = again.pollFirst();
            if (first == null) {
                next++;
            }
            return;
        }
        group.take(pick.number());
        if (pick.leads()) {
            cold.remove(group.place());
            group.isNow(Stage.LEADING, upstream);
            upstream.warming(group.chain(), now);
        }
    }

    /** The request is to be sent once more. */
    void pushBack(int number) {
        var group = groups.get(batch.requests().prefixes().of(number));
        if (group == null) {
            again.addLast(number);
            return;
        }
        group.pushBack(number);
        unfinished.add(group);
        if (group.stage() == Stage.DONE) {
            isCold(group);
        }
    }

    /** The one that was sent ahead takes too long: another may go ahead too. */
    void lags(PrefixGroup group, Warmth upstream) {
        led(group, upstream, false);
    }

    /** The one that was sent ahead has come to its end. */
    void led(PrefixGroup group, Warmth upstream, boolean warmed) {
        if (group.stage() != Stage.LEADING || group.home() != upstream) {
            return;
        }
        if (!warmed) {
            isCold(group);
        } else {
            isReady(group, upstream);
        }
    }

    private void isReady(PrefixGroup group, Warmth upstream) {
        group.isNow(Stage.READY, upstream);
        ready.computeIfAbsent(upstream, _ -> new PriorityQueue<>(Ready.ORDER))
                .add(new Ready(group, forgotten(group, upstream)));
    }

    private void isCold(PrefixGroup group) {
        group.isNow(Stage.COLD, null);
        cold.put(group.place(), group);
    }

    /** An upstream is not to be had for a while: what is at home there may go elsewhere. */
    void isAway(Warmth upstream) {
        for (var group : unfinished) {
            if (group.home() == upstream && group.stage() == Stage.READY) {
                isCold(group);
            }
        }
    }
}
