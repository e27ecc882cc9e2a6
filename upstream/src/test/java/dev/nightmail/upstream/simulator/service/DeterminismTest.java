package dev.nightmail.upstream.simulator.service;

import static dev.nightmail.upstream.simulator.service.Scene.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.Failed;
import dev.nightmail.upstream.simulator.service.Admission.Overloaded;
import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeterminismTest {

    @Test
    void theSameArrivalsHaveTheSameFate() {
        assertThat(fates(1)).isEqualTo(fates(1)).isNotEqualTo(fates(2));
        assertThat(kinds(fates(1)))
                .contains(Accepted.class, Failed.class, RateLimited.class, Overloaded.class);
    }

    private static List<Class<?>> kinds(List<Admission> fates) {
        return fates.stream().<Class<?>>map(Object::getClass).toList();
    }

    private static List<Admission> fates(long seed) {
        var config =
                ServiceConfig.INSTANT
                        .withSeed(seed)
                        .withLimits(
                                Limits.NONE
                                        .withRequests(PerMinute.of(1200))
                                        .withInputTokens(PerMinute.of(400_000))
                                        .withOutputTokens(
                                                PerMinute.of(300_000),
                                                Limits.OutputCount.AS_GENERATED)
                                        .withBurst(seconds(5)))
                        .withLatency(new Latency(seconds(0.5), 20_000, Duration.ofMillis(2), 0.4))
                        .withCapacity(new Capacity(20, 5, 4000))
                        .withBrownOuts(
                                BrownOut.failing(
                                        seconds(5), seconds(20), 0.3, ErrorType.API_ERROR));
        var scene = new Scene(config);
        var lengths = new OutputLengths(150, 0.7);
        var fates = new ArrayList<Admission>();
        for (int i = 0; i < 2000; i++) {
            var prompt = Scene.prompt(200, new Prompt.Block(i % 13, 3000, CacheTtl.FIVE_MINUTES));
            fates.add(scene.ask(i * 0.03, prompt, lengths.draw(seed, i, 4000), 4000));
        }
        return fates;
    }
}
