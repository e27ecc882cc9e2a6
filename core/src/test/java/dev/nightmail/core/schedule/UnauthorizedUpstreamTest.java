package dev.nightmail.core.schedule;

import static dev.nightmail.core.schedule.SchedulerWorld.answer;
import static dev.nightmail.core.schedule.SchedulerWorld.barred;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.result.RequestCounts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An upstream that will not serve us costs no request its result. */
class UnauthorizedUpstreamTest {

    private final SchedulerWorld world = new SchedulerWorld(1, 8);

    private List<Effect.UpstreamUnauthorized> said() {
        return world.others.stream()
                .filter(Effect.UpstreamUnauthorized.class::isInstance)
                .map(Effect.UpstreamUnauthorized.class::cast)
                .toList();
    }

    @Test
    void noRequestIsSettledByIt() {
        var batch = world.submit("a", 100);

        world.finishAll(barred());
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(100, 0, 0, 0, 0));
        assertThat(world.inFlight).isEmpty();
    }

    @Test
    void itIsSaidOncePerPause() {
        world.submit("a", 100);

        world.finishAll(barred());
        assertThat(said())
                .singleElement()
                .satisfies(effect -> {
                    assertThat(effect.upstream()).isEqualTo("claude");
                    assertThat(effect.reason()).isEqualTo("status 401 (authentication_error)");
                });

        world.advanceToNextTick();
        world.finishAll(barred());
        assertThat(said()).hasSize(2);
    }

    @Test
    void oneCallAtATimeFindsOutWhenItIsMended() {
        var batch = world.submit("a", 20);
        for (int i = 0; i < 40; i++) {
            world.finishAll(barred());
            world.advanceToNextTick();
            assertThat(world.inFlight).hasSize(1);
        }

        while (!world.isOver(batch)) {
            world.finishAll(answer());
            world.store();
        }

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 20, 0, 0, 0));
    }

    @Test
    void thePausesGrow() {
        world.submit("a", 1);
        world.finishAll(barred());
        world.advanceToNextTick();
        world.finishAll(barred());
        world.advanceToNextTick();
        world.finishAll(barred());
        world.advanceToNextTick();
        world.finishAll(barred());

        // The first is drawn from half a second to one, the fourth from four seconds to eight.
        world.advance(Duration.ofSeconds(1));
        assertThat(world.inFlight).isEmpty();
    }

    @Test
    void whatIsNotServedUntilTheDeadlineExpires() {
        var batch = world.submit("a", 3);
        world.finishAll(barred());

        world.advance(SchedulerWorld.WINDOW.plusMinutes(1));
        world.store();

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 0, 0, 0, 3));
    }
}
