package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static dev.nightmail.core.schedule.SchedulerWorld.failure;
import static dev.nightmail.core.schedule.SchedulerWorld.throttle;
import static dev.nightmail.core.schedule.SchedulerWorld.unreachable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.request.Breakpoint;
import dev.nightmail.core.request.Prefixes;
import dev.nightmail.core.request.RequestFacts;
import dev.nightmail.core.schedule.Effect.StartAttempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One request warms the cache, and the others follow while it is warm. */
class PrefixOrderTest {

    private final SchedulerWorld world = new SchedulerWorld(1, 4);

    @Test
    void oneRequestOfAGroupGoesAheadAndTheOthersFollowItsAnswer() {
        submit(world, "a", "a", "a", "a", "a");
        assertThat(inFlight(world)).hasSize(1);

        world.finishAll(answer());

        assertThat(inFlight(world)).hasSize(4);
    }

    @Test
    void severalGroupsAreWarmedAtTheSameTimeAndWhatIsInNoneFillsIn() {
        submit(world, "a", "a", "b", "b", "", "", "");

        assertThat(inFlight(world)).containsExactlyInAnyOrder(1, 3, 4, 5);
    }

    @Test
    void aWarmGroupIsDrainedBeforeTheNextIsBegun() {
        var narrow = new SchedulerWorld(1, 1);
        submit(narrow, "a", "b", "a", "b", "a", "b");

        assertThat(drained(narrow)).containsExactly(4, 0, 2, 5, 1, 3);
    }

    @Test
    void anotherGoesAheadWhereTheFirstHasFailed() {
        submit(world, "a", "a", "a");
        var first = inFlight(world);

        world.finishAll(failure());
        assertThat(inFlight(world)).hasSize(1).doesNotContainAnyElementsOf(first);

        world.finishAll(answer());
        world.advance(Duration.ofMinutes(1));
        assertThat(inFlight(world)).hasSize(2);
    }

    @Test
    void aCallThatHangsHoldsUpItsGroupForAMinuteOnly() {
        submit(world, "a", "a", "a");

        world.advance(Warmth.WARMING_MAX.minusMillis(1));
        assertThat(inFlight(world)).hasSize(1);
        world.advance(Duration.ofMillis(1));
        assertThat(inFlight(world)).hasSize(2);
    }

    @Test
    void aGroupWhoseAnswersTakeLongerThanItsPrefixIsKeptDoesNotGoOneByOne() {
        var wide = new SchedulerWorld(1, 16);
        submit(wide, "a".repeat(40).split(""));

        wide.advance(Warmth.WARMING_MAX);
        for (int minute = 1; minute < 6; minute++) {
            wide.advance(Duration.ofMinutes(1));
        }
        assertThat(wide.inFlight).as("one a minute").hasSize(7);
        wide.finishOldest(answer());

        assertThat(wide.inFlight).hasSize(16);
    }

    @Test
    void whatWasForgottenIsWarmedByOneAgain() {
        submit(world, "a", "a", "a", "a", "a", "a", "a");
        world.finishAll(answer());
        assertThat(inFlight(world)).hasSize(4);

        world.advance(Duration.ofMinutes(6));
        world.finishOldest(answer());
        world.finishOldest(answer());

        assertThat(inFlight(world)).as("two that are old, and one that warms").hasSize(3);
    }

    @Test
    void batchesOfTheSameUpstreamWarmTheCacheForEachOther() {
        submit(world, "a", "a");
        submit(world, "a", "a");
        assertThat(inFlight(world)).hasSize(1);

        world.finishAll(answer());

        assertThat(inFlight(world)).hasSize(3);
    }

    @Test
    void whoWaitsForAnotherBatchToWarmAPrefixGoesAheadWhenThatFails() {
        submit(world, "a");
        submit(world, "a", "a");
        var first = world.oneInFlight().batch();
        assertThat(world.inFlight).hasSize(1);

        world.finishAll(failure());

        assertThat(world.inFlight.values())
                .singleElement()
                .satisfies(start -> assertThat(start.batch()).isNotEqualTo(first));
    }

    @Test
    void aSharedBeginningIsWarmedOnceForAllThatHangsBelowIt() {
        submit(world, "a/x", "a/x", "a/y", "a/y");
        assertThat(inFlight(world)).hasSize(1);

        world.finishAll(answer());

        assertThat(inFlight(world))
                .as("the other of the first, and one ahead of the second")
                .hasSize(2);
    }

    @Test
    void theShortestAnswerWarmsAndTheLongestFollowsFirst() {
        var narrow = new SchedulerWorld(1, 1);
        submit(narrow, new int[] {10, 500, 20, 1000}, "a", "a", "a", "a");

        assertThat(drained(narrow)).containsExactly(0, 3, 1, 2);
    }

    @Test
    void withoutPrefixesTheLongestAnswersGoFirstToo() {
        var narrow = new SchedulerWorld(1, 1);
        submit(narrow, new int[] {10, 500, 20, 500}, "", "", "", "");

        assertThat(drained(narrow)).containsExactly(1, 3, 2, 0);
    }

    @Test
    void anUpstreamWithNothingElseToDoTakesHalfOfAGroup() {
        var two =
                new SchedulerWorld(
                        1,
                        Map.of("one", UpstreamTerms.calls(2), "two", UpstreamTerms.calls(2)),
                        new Routes(List.of(new Routes.Route("*", List.of("one", "two"), null))));
        submit(two, "a".repeat(40).split(""));

        two.finishAll(answer());

        assertThat(two.inFlight.values().stream().map(StartAttempt::upstream))
                .containsExactlyInAnyOrder("one", "one", "two", "two");
        assertThat(drained(two)).hasSize(38).doesNotHaveDuplicates();
    }

    @Test
    void whatAllRequestsRepeatUnmarkedIsMarkedWhereTheUpstreamIsSoSet() {
        var marking = oneUpstream(UpstreamTerms.calls(4).markingShared());
        marking.admit(marking.accept("key", 3), unmarked("a", "a", "a"));

        assertThat(inFlight(marking)).hasSize(1);
        marking.finishAll(answer());
        assertThat(marking.started).hasSize(3).allMatch(StartAttempt::cachesPrefix);
    }

    @Test
    void whatOnlySomeRepeatIsNotMarked() {
        var marking = oneUpstream(UpstreamTerms.calls(4).markingShared());
        marking.admit(marking.accept("key", 3), unmarked("a", "a", "b"));

        assertThat(marking.started).hasSize(3).noneMatch(StartAttempt::cachesPrefix);
    }

    @Test
    void anUpstreamThatKeepsPromptsUnaskedIsWarmedForUnmarkedOnesToo() {
        var keeping = oneUpstream(UpstreamTerms.calls(4).cachingUnasked());
        keeping.admit(keeping.accept("key", 4), unmarked("a", "a", "b", "b"));

        assertThat(keeping.started).hasSize(2).noneMatch(StartAttempt::cachesPrefix);
    }

    private static SchedulerWorld oneUpstream(UpstreamTerms terms) {
        return new SchedulerWorld(1, Map.of("claude", terms), Routes.all("claude"));
    }

    private static RequestFacts unmarked(String... prefixes) {
        var alike = new int[prefixes.length];
        Arrays.fill(alike, 400);
        return facts(alike, false, prefixes);
    }

    @Test
    void whatIsAtHomeAtAnUpstreamThatIsGoneGoesElsewhere() {
        var two =
                new SchedulerWorld(
                        1,
                        Map.of("one", UpstreamTerms.calls(2), "two", UpstreamTerms.calls(2)),
                        new Routes(List.of(new Routes.Route("*", List.of("one", "two"), null))));
        submit(two, "a", "a", "a", "a", "a", "a");
        var home = two.oneInFlight().upstream();
        two.finishAll(answer());
        assertThat(two.inFlight.values()).allMatch(start -> start.upstream().equals(home));

        two.finishOldest(unreachable());

        assertThat(two.inFlight.values().stream().map(StartAttempt::upstream))
                .as("one to warm it there, and one that is still under way")
                .containsExactlyInAnyOrder(home, home.equals("one") ? "two" : "one");
    }

    @Test
    void whatIsAtHomeAtAnUpstreamThatRestsForLongGoesElsewhere() {
        var two = twoUpstreams();
        submit(two, "a", "a", "a", "a", "a", "a");
        var home = two.oneInFlight().upstream();
        two.finishAll(answer());

        two.finishAll(throttle(Duration.ofMinutes(30)));

        assertThat(two.inFlight.values())
                .singleElement()
                .satisfies(start -> assertThat(start.upstream()).isNotEqualTo(home));
    }

    @Test
    void whatWasTriedAtAnUpstreamThatIsStillGoneGoesElsewhere() {
        var two = twoUpstreams();
        submit(two, "a", "a", "a", "a", "a", "a");
        var home = two.oneInFlight().upstream();
        two.finishAll(answer());
        two.admit(
                two.accept("key", 4),
                facts(new int[] {400, 400, 400, 400}, true, "bbbb".split("")));
        var busy = List.copyOf(two.inFlight.values());

        // While the other has its hands full, one finds out whether the first is back.
        two.finish(busy.getFirst(), unreachable());
        two.finish(busy.get(1), unreachable());
        for (int i = 0; i < 5; i++) {
            two.advance(Duration.ofSeconds(15));
            two.inFlight.values().stream()
                    .filter(start -> start.upstream().equals(home))
                    .toList()
                    .forEach(start -> two.finish(start, unreachable()));
        }

        assertThat(two.inFlight.values()).isNotEmpty();
        while (!two.inFlight.isEmpty()) {
            two.finishAll(answer());
            two.store();
        }
        assertThat(two.log(two.started.getFirst().batch())).hasSize(6);
    }

    private static SchedulerWorld twoUpstreams() {
        return new SchedulerWorld(
                1,
                Map.of("one", UpstreamTerms.calls(2), "two", UpstreamTerms.calls(2)),
                new Routes(List.of(new Routes.Route("*", List.of("one", "two"), null))));
    }

    private static List<Integer> inFlight(SchedulerWorld world) {
        return world.inFlight.values().stream().map(StartAttempt::request).toList();
    }

    /** Answers one by one, and says in which order they were sent from here on. */
    private static List<Integer> drained(SchedulerWorld world) {
        var sent = new ArrayList<Integer>();
        while (!world.inFlight.isEmpty()) {
            var next = world.inFlight.values().iterator().next();
            sent.add(next.request());
            world.finish(next, answer());
            world.store();
        }
        return sent;
    }

    private static void submit(SchedulerWorld world, String... prefixes) {
        var alike = new int[prefixes.length];
        Arrays.fill(alike, 400);
        submit(world, alike, prefixes);
    }

    /**
     * @param prefixes of each request, with '/' between a shorter and a longer one; "" for none
     */
    private static void submit(SchedulerWorld world, int[] outputTokensMax, String... prefixes) {
        world.admit(world.accept("key", prefixes.length), facts(outputTokensMax, true, prefixes));
    }

    private static RequestFacts facts(int[] outputTokensMax, boolean marked, String[] paths) {
        var builder = new Prefixes.Builder(paths.length);
        for (int number = 0; number < paths.length; number++) {
            var breakpoints = new ArrayList<Breakpoint>();
            for (int at = 0; at < paths[number].length(); at += 2) {
                int hash = paths[number].substring(0, at + 1).hashCode();
                breakpoints.add(new Breakpoint(hash, 1000 * (at + 1), marked, false));
            }
            builder.add(number, breakpoints);
        }
        return TestFacts.outputs(outputTokensMax, builder.build());
    }
}
