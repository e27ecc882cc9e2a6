package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.meanwhile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import dev.nightmail.engine.thread.SystemThreads;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private final Turns<String> turns = new Turns<>(new SystemThreads());

    @Test
    void severalGoTogetherAndOneAloneWaitsForThem() {
        var first = turns.take("a", false);
        var second = turns.take("a", false);
        var alone = meanwhile(() -> turns.take("a", true).close());

        first.close();
        assertThat(alone).isNotDone();
        second.close();

        alone.join();
    }

    @Test
    void nobodyOvertakesWhoWaits() throws InterruptedException {
        var first = turns.take("a", false);
        var alone = Thread.ofVirtual().start(() -> turns.take("a", true).close());
        untilWaiting(alone);

        var behind = Thread.ofVirtual().start(() -> turns.take("a", false).close());
        untilWaiting(behind);
        first.close();

        alone.join();
        behind.join();
    }

    @Test
    void otherThingsAreNotWaitedFor() {
        try (var _ = turns.take("a", true)) {
            meanwhile(() -> turns.take("b", true).close()).join();
        }
    }

    @Test
    void whoIsInterruptedGoesAndHoldsUpNobody() throws InterruptedException {
        var first = turns.take("a", true);
        var failure = new CompletableFuture<Throwable>();
        var interrupted =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                turns.take("a", true).close();
                            } catch (StoppingException e) {
                                failure.complete(e);
                            }
                        });
        untilWaiting(interrupted);

        interrupted.interrupt();

        assertThat(failure.join()).isInstanceOf(StoppingException.class);
        first.close();
        turns.take("a", true).close();
    }

    @Test
    void underAnyPressureOneIsAlone() {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var all = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < 500; i++) {
            all.add(
                    meanwhile(() -> {
                        try (var _ = turns.take("a", true)) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            inside.decrementAndGet();
                        }
                    }));
        }
        all.forEach(CompletableFuture::join);

        assertThat(most).hasValue(1);
    }

    @Test
    void aTurnIsGivenBackOnce() {
        var turn = turns.take("a", true);
        turn.close();

        assertThatThrownBy(turn::close).isInstanceOf(IllegalStateException.class);
    }

    private static void untilWaiting(Thread thread) {
        EngineWorld.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }
}
