package dev.nightmail.upstream.simulator.service;

import static dev.nightmail.upstream.simulator.service.Scene.allowance;
import static dev.nightmail.upstream.simulator.service.Scene.at;
import static dev.nightmail.upstream.simulator.service.Scene.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.upstream.Headroom.Limit;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import dev.nightmail.upstream.simulator.service.Limits.OutputCount;
import dev.nightmail.upstream.simulator.service.Limits.Told;
import dev.nightmail.upstream.simulator.service.Prompt.Block;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RateLimitingTest {

    private static Scene scene(Limits limits) {
        return new Scene(ServiceConfig.INSTANT.withLimits(limits));
    }

    private static Limits requests(long perMinute) {
        return Limits.NONE.withRequests(PerMinute.of(perMinute));
    }

    @Test
    void aFullBucketLetsAMinutesWorthThroughAtOnce() {
        var scene = scene(requests(50));
        for (int i = 0; i < 50; i++) {
            assertThat(scene.ask(0)).isInstanceOf(Accepted.class);
        }

        assertThat(scene.ask(0)).isInstanceOf(RateLimited.class);
    }

    @Test
    void anEmptyBucketHasRoomForTheNextToTheMicrosecond() {
        var scene = scene(requests(70).withBurst(seconds(60 / 70.0)));
        assertThat(scene.ask(0)).isInstanceOf(Accepted.class);
        double refilled = 60 / 70.0;

        assertThat(scene.ask(refilled - 2e-6)).isInstanceOf(RateLimited.class);
        assertThat(scene.ask(refilled + 1e-6)).isInstanceOf(Accepted.class);
    }

    @Test
    void whatIsRefilledDoesNotDependOnHowOftenItIsAskedFor() {
        var asked = scene(requests(7));
        var silent = scene(requests(7));
        for (int i = 0; i < 7; i++) {
            asked.ask(0);
            silent.ask(0);
        }
        for (double time = 0.000_001; time < 8.5; time += 0.001_237) {
            assertThat(asked.ask(time)).isInstanceOf(RateLimited.class);
        }

        assertThat(allowance(asked.ask(9), Limit.REQUESTS))
                .isEqualTo(allowance(silent.ask(9), Limit.REQUESTS));
    }

    @Test
    void longSilenceFillsTheBucketAndNoMore() {
        var scene = scene(requests(PerMinute.MAX));
        scene.ask(0);

        var allowance = allowance(scene.ask(40 * 365 * 86_400.0), Limit.REQUESTS);

        assertThat(allowance.remaining()).isEqualTo(PerMinute.MAX - 1);
    }

    @Test
    void aRefusalCostsNothingAndSaysInWholeSecondsWhenToComeAgain() {
        var scene = scene(requests(30).withBurst(seconds(2)));
        scene.ask(0);

        var refused = (RateLimited) scene.ask(0.5);

        assertThat(refused.limit()).isEqualTo(Limit.REQUESTS);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(scene.ask(2)).isInstanceOf(Accepted.class);
    }

    @Test
    void whatIsLeftIsToldWithTheTimeAtWhichAllOfItIsThereAgain() {
        var scene = scene(requests(60));
        for (int i = 0; i < 20; i++) {
            scene.ask(0);
        }

        assertThat(allowance(scene.ask(0.25), Limit.REQUESTS))
                .isEqualTo(new Headroom.Allowance(60, 39, at(21)));
    }

    @Test
    void countsOfTokensAreToldInThousandsAndBothDirectionsTogetherToo() {
        var scene =
                scene(
                        Limits.NONE
                                .withInputTokens(PerMinute.of(200_000))
                                .withOutputTokens(PerMinute.of(80_000), OutputCount.AS_GENERATED));

        var admission = scene.ask(0, Prompt.uncached(16_600), 0);

        assertThat(allowance(admission, Limit.INPUT_TOKENS))
                .isEqualTo(new Headroom.Allowance(200_000, 183_000, at(5)));
        assertThat(allowance(admission, Limit.OUTPUT_TOKENS))
                .isEqualTo(new Headroom.Allowance(80_000, 80_000, at(0)));
        assertThat(allowance(admission, Limit.TOKENS))
                .isEqualTo(new Headroom.Allowance(280_000, 263_000, at(0)));
        assertThat(admission.headroom().of(Limit.REQUESTS)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Told.class,
            names = {"RETRY_AFTER", "NOTHING"})
    void limitsThatAreUntoldHoldAllTheSame(Told told) {
        var scene = scene(requests(1).withTold(told));

        assertThat(scene.ask(0).headroom()).isEqualTo(Headroom.UNTOLD);
        var refused = (RateLimited) scene.ask(0);
        assertThat(refused.headroom()).isEqualTo(Headroom.UNTOLD);
        assertThat(refused.retryAfter())
                .isEqualTo(told == Told.RETRY_AFTER ? Duration.ofMinutes(1) : null);
    }

    @Test
    void cacheReadsDoNotCountAsInputAndWritesDo() {
        var scene = scene(Limits.NONE.withInputTokens(PerMinute.of(10_000)));
        var prompt = Scene.prompt(1000, new Block(1, 8000, CacheTtl.FIVE_MINUTES));
        assertThat(scene.ask(0, prompt, 0)).isInstanceOf(Accepted.class);

        assertThat(scene.ask(0, prompt, 0)).isInstanceOf(Accepted.class);
        assertThat(scene.ask(0, prompt, 0)).isInstanceOf(RateLimited.class);
    }

    @Test
    void theLimitThatTakesLongestIsNamedAndNothingIsTakenFromTheOthers() {
        var scene = scene(requests(60).withInputTokens(PerMinute.of(6000)).withBurst(seconds(2)));
        scene.ask(0, Prompt.uncached(200), 0);
        scene.ask(0, Prompt.uncached(0), 0);

        var refused = (RateLimited) scene.ask(0, Prompt.uncached(150), 0);

        assertThat(refused.limit()).isEqualTo(Limit.INPUT_TOKENS);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(scene.ask(1, Prompt.uncached(100), 0)).isInstanceOf(Accepted.class);
    }

    @Test
    void aRequestLargerThanTheBucketIsAdmittedWhenThatIsFullAndPaidBack() {
        var scene = scene(Limits.NONE.withInputTokens(PerMinute.of(6000)).withBurst(seconds(10)));
        scene.ask(0, Prompt.uncached(1), 0);

        assertThat(scene.ask(0, Prompt.uncached(3000), 0)).isInstanceOf(RateLimited.class);
        assertThat(scene.ask(1, Prompt.uncached(3000), 0)).isInstanceOf(Accepted.class);
        var refused = (RateLimited) scene.ask(1, Prompt.uncached(100), 0);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(21));
        assertThat(allowance(refused, Limit.INPUT_TOKENS).remaining()).isZero();
    }

    @Test
    void outputIsCountedAsItIsWrittenWhateverMaxTokensSays() {
        var scene =
                new Scene(
                        ServiceConfig.INSTANT
                                .withLimits(
                                        Limits.NONE
                                                .withOutputTokens(
                                                        PerMinute.of(60_000),
                                                        OutputCount.AS_GENERATED)
                                                .withBurst(seconds(8)))
                                .withLatency(Latency.of(Duration.ZERO, Duration.ofMillis(1))));

        assertThat(scene.ask(0, Prompt.uncached(1), 16_000, 128_000)).isInstanceOf(Accepted.class);
        // Two thousand tokens in every two seconds, of which as many are refilled.
        assertThat(allowance(scene.ask(1.9), Limit.OUTPUT_TOKENS).remaining()).isEqualTo(8000);
        assertThat(allowance(scene.ask(2), Limit.OUTPUT_TOKENS).remaining()).isEqualTo(6000);
        assertThat(allowance(scene.ask(3), Limit.OUTPUT_TOKENS).remaining()).isEqualTo(7000);
        assertThat(allowance(scene.ask(16), Limit.OUTPUT_TOKENS).remaining()).isEqualTo(6000);
    }

    @Test
    void outputThatUsedUpTheLimitKeepsTheNextOutUntilItIsPaidBack() {
        var scene =
                scene(Limits.NONE.withOutputTokens(PerMinute.of(6000), OutputCount.AS_GENERATED));
        scene.ask(0, Prompt.uncached(1), 7000);

        var refused = (RateLimited) scene.ask(0, Prompt.uncached(1), 1);

        assertThat(refused.limit()).isEqualTo(Limit.OUTPUT_TOKENS);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(11));
    }

    @Test
    void reservedOutputIsGivenBackAtTheEndAsFarAsItWasNotUsed() {
        var scene =
                new Scene(
                        ServiceConfig.INSTANT
                                .withLimits(
                                        Limits.NONE.withOutputTokens(
                                                PerMinute.of(6000), OutputCount.RESERVED))
                                .withLatency(Latency.of(seconds(1), Duration.ZERO)));
        scene.ask(0, Prompt.uncached(1), 100, 5000);

        assertThat(scene.ask(0, Prompt.uncached(1), 100, 5000)).isInstanceOf(RateLimited.class);
        assertThat(scene.ask(1, Prompt.uncached(1), 100, 5000)).isInstanceOf(Accepted.class);
    }

    @Test
    void aLimitChangesWhenItIsPlannedTo() {
        var scene =
                scene(
                        Limits.NONE
                                .withRequests(
                                        PerMinute.of(600)
                                                .then(seconds(10), 300)
                                                .then(seconds(20), 1200))
                                .withBurst(seconds(1)));

        assertThat(acceptedBetween(scene, 0, 10)).isEqualTo(109);
        assertThat(acceptedBetween(scene, 10, 20)).isBetween(50, 51);
        assertThat(acceptedBetween(scene, 20, 30)).isBetween(199, 200);
        assertThat(allowance(scene.ask(31), Limit.REQUESTS).limit()).isEqualTo(1200);
    }

    private static int acceptedBetween(Scene scene, int from, int until) {
        int accepted = 0;
        for (int millis = from * 1000; millis < until * 1000; millis += 5) {
            accepted += scene.ask(millis / 1000.0) instanceof Accepted ? 1 : 0;
        }
        return accepted;
    }

    @Test
    void limitsNobodyCouldMeanAreRefused() {
        assertThatThrownBy(() -> PerMinute.of(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PerMinute.of(1).then(Duration.ZERO, 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limits.NONE.withBurst(Duration.ofMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
