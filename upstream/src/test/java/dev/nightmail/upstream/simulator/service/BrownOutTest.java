package dev.nightmail.upstream.simulator.service;

import static dev.nightmail.upstream.simulator.service.Scene.at;
import static dev.nightmail.upstream.simulator.service.Scene.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.Failed;
import dev.nightmail.upstream.simulator.service.Admission.Overloaded;
import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BrownOutTest {

    private static final ServiceConfig BAD_MINUTE =
            ServiceConfig.INSTANT
                    .withLatency(Latency.of(seconds(0.25), Duration.ZERO))
                    .withBrownOuts(
                            BrownOut.failing(seconds(60), seconds(120), 0.3, ErrorType.API_ERROR));

    @Test
    void itTakesItsShareBetweenItsBeginningAndItsEnd() {
        var scene = new Scene(BAD_MINUTE);

        assertThat(failing(scene, 0, 60)).isZero();
        assertThat(failing(scene, 60, 120)).isBetween(1_700, 1_900);
        assertThat(failing(scene, 120, 180)).isZero();
    }

    private static int failing(Scene scene, int from, int until) {
        int failing = 0;
        for (int i = 0; i < (until - from) * 100; i++) {
            failing += scene.ask(from + i / 100.0) instanceof Failed ? 1 : 0;
        }
        return failing;
    }

    @Test
    void theErrorIsToldWhenTheAnswerWouldHaveBegun() {
        var all =
                BAD_MINUTE.withBrownOuts(
                        BrownOut.failing(seconds(0), seconds(9), 1, ErrorType.TIMEOUT_ERROR));

        var failed = (Failed) new Scene(all).ask(1);

        assertThat(failed.error()).isEqualTo(ErrorType.TIMEOUT_ERROR);
        assertThat(failed.at()).isEqualTo(at(1.25));
    }

    @Test
    void aRequestThatFailedMayComeThroughWhenItIsTriedAgain() {
        var scene = new Scene(BAD_MINUTE);
        var arrival = new Arrival(1, WorkspaceId.DEFAULT, Scene.MODEL, Prompt.uncached(10), 0, 0);
        int failed = 0;
        for (int i = 0; i < 1000; i++) {
            failed += scene.arrive(arrival, 60 + i / 100.0) instanceof Failed ? 1 : 0;
        }

        assertThat(failed).isBetween(250, 350);
    }

    @Test
    void whatFailsCostsNothing() {
        var scene =
                new Scene(
                        BAD_MINUTE
                                .withLimits(Limits.NONE.withRequests(PerMinute.of(1)))
                                .withBrownOuts(
                                        BrownOut.failing(
                                                seconds(0),
                                                seconds(1),
                                                1,
                                                ErrorType.OVERLOADED_ERROR)));

        assertThat(scene.ask(0)).isInstanceOf(Overloaded.class);
        assertThat(scene.ask(1)).isInstanceOf(Accepted.class);
        assertThat(scene.ask(1)).isInstanceOf(RateLimited.class);
    }

    @Test
    void aSlowTimeMakesEverythingTakeLonger() {
        var scene =
                new Scene(
                        ServiceConfig.INSTANT
                                .withLatency(Latency.of(seconds(0.5), Duration.ofMillis(10)))
                                .withBrownOuts(BrownOut.slow(seconds(0), seconds(10), 4)));

        var slow = scene.accepted(9, Prompt.uncached(10), 100);
        var usual = scene.accepted(10, Prompt.uncached(10), 100);

        assertThat(slow.firstTokenAt()).isEqualTo(at(11));
        assertThat(slow.doneAt()).isEqualTo(at(15));
        assertThat(usual.doneAt()).isEqualTo(at(11.5));
    }

    @Test
    void oneWithoutLengthOrShareIsRefused() {
        assertThatThrownBy(() -> BrownOut.slow(seconds(1), seconds(1), 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BrownOut.slow(seconds(0), seconds(1), 0.5))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BrownOut.failing(seconds(0), seconds(1), 1.1, ErrorType.API_ERROR))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
