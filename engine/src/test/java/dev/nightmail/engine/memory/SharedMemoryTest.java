package dev.nightmail.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.core.memory.SlowSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedMemoryTest {

    private static final long MIB = 1 << 20;

    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        others.shutdownNow();
    }

    /** 12 MiB for large shares, 6 of them for one holder; 4 MiB for small ones. */
    private static SharedMemory budget(Duration patience) {
        return new SharedMemory(new SharedMemory.Terms(16 * MIB, patience, 100));
    }

    private Future<Boolean> taking(MemoryShare share, long bytes) {
        Callable<Boolean> take = () -> share.take(bytes);
        return others.submit(take);
    }

    private static boolean isWaiting(Future<Boolean> taking) throws Exception {
        TimeUnit.MILLISECONDS.sleep(100);
        return !taking.isDone();
    }

    @Test
    void whatFitsIsGivenAndWhatIsClosedIsFreeAgain() throws Exception {
        var memory = budget(Duration.ofSeconds(1));
        var share = memory.open("a");

        assertThat(share.take(5 * MIB)).isTrue();
        share.give(MIB);
        assertThat(memory.heldBytes()).isEqualTo(4 * MIB);
        share.close();
        share.close();

        assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void oneShareMayExceedTheBudgetSoThatSomebodyCanAlwaysFinish() throws Exception {
        var memory = budget(Duration.ofMillis(200));
        var first = memory.open("a");
        var second = memory.open("a");
        assertThat(first.take(6 * MIB)).isTrue();
        assertThat(second.take(40 * MIB)).isTrue();

        assertThat(memory.open("a").take(MIB)).as("a third one").isFalse();
        assertThat(second.take(MIB)).as("more for the one that may").isTrue();

        var fourth = taking(memory.open("a"), 30 * MIB);
        second.close();
        assertThat(fourth.get()).as("the next one, once it is closed").isTrue();
    }

    @Test
    void whoeverWaitsGetsWhatComesFree() throws Exception {
        var memory = budget(Duration.ofSeconds(20));
        var first = memory.open("a");
        first.take(6 * MIB);
        memory.open("a").take(6 * MIB);
        var waiting = taking(memory.open("a"), 2 * MIB);
        assertThat(isWaiting(waiting)).isTrue();

        first.give(3 * MIB);

        assertThat(waiting.get()).isTrue();
    }

    @Test
    void aHolderThatHasItsHalfDoesNotKeepAnotherWaiting() throws Exception {
        var memory = budget(Duration.ofMillis(200));
        for (int i = 0; i < 6; i++) {
            assertThat(memory.open("greedy").take(MIB)).isTrue();
        }
        assertThat(memory.open("greedy").take(MIB)).as("the one that may exceed").isTrue();

        assertThat(memory.open("greedy").take(MIB)).isFalse();
        assertThat(memory.open("modest").tryTake(5 * MIB)).isTrue();
    }

    @Test
    void smallSharesGoOnWhenLargeOnesHaveUsedUpTheirs() throws Exception {
        var memory = budget(Duration.ofMillis(200));
        for (var holder : List.of("a", "b", "c")) {
            memory.open(holder).take(6 * MIB);
        }

        for (int i = 0; i < 30; i++) {
            assertThat(memory.open("a").tryTake(50_000)).isTrue();
        }
    }

    @Test
    void ofThoseThatWaitTheHolderWithLeastMayExceedNext() throws Exception {
        var memory = budget(Duration.ofSeconds(20));
        memory.open("greedy").take(6 * MIB);
        memory.open("third").take(6 * MIB);
        var exceeding = memory.open("greedy");
        exceeding.take(6 * MIB);
        var greedy = taking(memory.open("greedy"), 20 * MIB);
        assertThat(isWaiting(greedy)).isTrue();
        var modest = taking(memory.open("modest"), 20 * MIB);
        assertThat(isWaiting(modest)).isTrue();

        exceeding.close();

        assertThat(modest.get()).isTrue();
        assertThat(isWaiting(greedy)).isTrue();
    }

    @Test
    void aSourceThatIsLateIsEndedWhenSomebodyWaits() throws Exception {
        var memory = budget(Duration.ofSeconds(20));
        memory.open("a").take(6 * MIB);
        var stalled = memory.open("a");
        stalled.take(6 * MIB);
        stalled.filledBy(source(true, stalled));

        assertThat(memory.open("a").take(5 * MIB)).isTrue();
    }

    @Test
    void aSourceThatIsInTimeIsLeftAlone() throws Exception {
        var memory = budget(Duration.ofMillis(600));
        memory.open("a").take(6 * MIB);
        var steady = memory.open("a");
        steady.take(6 * MIB);
        steady.filledBy(source(false, steady));

        assertThat(memory.open("a").take(5 * MIB)).isFalse();
    }

    private static SlowSource source(boolean late, MemoryShare share) {
        return new SlowSource() {
            @Override
            public boolean isLate() {
                return late;
            }

            @Override
            public void end() {
                share.close();
            }
        };
    }

    @Test
    void aWaiterThatIsInterruptedLeavesTheQueue() throws Exception {
        var memory = budget(Duration.ofSeconds(20));
        memory.open("a").take(6 * MIB);
        var exceeding = memory.open("a");
        exceeding.take(6 * MIB);
        var gone = taking(memory.open("a"), 20 * MIB);
        assertThat(isWaiting(gone)).isTrue();

        gone.cancel(true);
        TimeUnit.MILLISECONDS.sleep(200);
        exceeding.close();

        assertThat(memory.open("a").take(20 * MIB)).isTrue();
    }

    /** All grow while they hold something, and want more than there is: nobody waits for ever. */
    @Test
    void sharesThatGrowAgainstEachOtherAllFinish() throws Exception {
        var memory = budget(Duration.ofSeconds(50));
        var peak = new AtomicLong();
        var done = new AtomicInteger();
        var all = new ArrayList<Future<?>>();
        for (int i = 0; i < 60; i++) {
            var random = new Random(i);
            all.add(
                    others.submit(() -> {
                        try (var share = memory.open("holder" + random.nextInt(3))) {
                            for (int step = 0; step < 8; step++) {
                                assertThat(share.take(random.nextLong(MIB))).isTrue();
                                peak.accumulateAndGet(memory.heldBytes(), Math::max);
                            }
                            done.incrementAndGet();
                        }
                        return null;
                    }));
        }
        for (var one : all) {
            one.get();
        }

        assertThat(done).hasValue(60);
        assertThat(memory.heldBytes()).isZero();
        assertThat(peak.get()).isLessThanOrEqualTo((16 + 8) * MIB);
    }
}
