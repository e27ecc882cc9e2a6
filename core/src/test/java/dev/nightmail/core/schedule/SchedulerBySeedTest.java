package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.upstream.AttemptOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Anything may happen in any order: every request gets exactly one result. */
class SchedulerBySeedTest {

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyRequestSettlesExactlyOnceWhateverHappens(long seed) {
        var world = new SchedulerWorld(seed, 1 + (int) (seed % 40));
        var batches = new ArrayList<BatchId>();
        for (int i = 0; i < 4; i++) {
            batches.add(world.submit("k" + i % 3, 1 + world.random.nextInt(200)));
        }

        for (int step = 0; step < 3_000; step++) {
            something(world, batches);
        }
        world.storageWorks = true;
        settleEverything(world, batches);

        for (var batch : batches) {
            int size = world.recorded(batch).header().requestCount();
            assertThat(world.log(batch)).as("results of %s", batch).hasSize(size);
            assertThat(world.recorded(batch).counts()).isEqualTo(world.settled(batch).counts());
        }
        assertThat(world.scheduler.isQuiet()).isTrue();
    }

    private static void something(SchedulerWorld world, List<BatchId> batches) {
        switch (world.random.nextInt(13)) {
            case 0, 1, 2, 3, 4 -> finishOne(world);
            case 5, 6 -> storeOne(world);
            case 7 -> world.advance(Duration.ofMillis(world.random.nextInt(2_000)));
            case 8 -> world.storageWorks = world.random.nextInt(4) > 0;
            case 9 ->
                    rarely(world, 300, () -> world.on(new Event.CancelAsked(any(world, batches))));
            case 10 ->
                    rarely(
                            world,
                            500,
                            () -> world.advance(Duration.ofHours(world.random.nextInt(30))));
            case 11 -> rarely(world, 100, () -> world.setClock(anyJump(world)));
            default -> rarely(world, 20, () -> loseOne(world));
        }
    }

    private static void rarely(SchedulerWorld world, int oneIn, Runnable step) {
        if (world.random.nextInt(oneIn) == 0) {
            step.run();
        }
    }

    private static BatchId any(SchedulerWorld world, List<BatchId> batches) {
        return batches.get(world.random.nextInt(batches.size()));
    }

    private static void finishOne(SchedulerWorld world) {
        if (!world.inFlight.isEmpty()) {
            var all = List.copyOf(world.inFlight.values());
            world.finish(all.get(world.random.nextInt(all.size())), outcome(world));
        }
    }

    private static void loseOne(SchedulerWorld world) {
        if (!world.inFlight.isEmpty()) {
            if (world.random.nextBoolean()) {
                world.abort(world.oneInFlight());
            } else {
                world.unreadable(world.oneInFlight());
            }
        }
    }

    /** Seldom so far that everything expires. */
    private static Duration anyJump(SchedulerWorld world) {
        return Duration.ofMinutes(world.random.nextInt(-90, 90));
    }

    private static AttemptOutcome outcome(SchedulerWorld world) {
        return switch (world.random.nextInt(10)) {
            case 0 -> SchedulerWorld.refusal();
            case 1, 2 -> SchedulerWorld.failure();
            case 3 -> SchedulerWorld.throttle(Duration.ofMillis(world.random.nextInt(3_000)));
            case 4 -> SchedulerWorld.unreachable();
            default -> SchedulerWorld.answer();
        };
    }

    private static void storeOne(SchedulerWorld world) {
        if (!world.appends.isEmpty()) {
            world.append(world.appends.removeFirst());
        } else if (!world.records.isEmpty()) {
            world.record(world.records.removeFirst());
        } else if (!world.reopens.isEmpty()) {
            var id = world.reopens.removeFirst();
            world.on(
                    world.storageWorks
                            ? new Event.LogReopened(id, world.settled(id))
                            : new Event.AppendFailed(id));
        }
    }

    private static void settleEverything(SchedulerWorld world, List<BatchId> batches) {
        for (int step = 0; step < 10_000 && !batches.stream().allMatch(world::isOver); step++) {
            world.store();
            world.finishAll(SchedulerWorld.answer());
            world.store();
            world.scheduler.untilNextTick(world.now).ifPresent(_ -> world.advanceToNextTick());
        }
        world.finishAll(SchedulerWorld.answer());
        world.store();
        assertThat(batches).allMatch(world::isOver);
    }
}
