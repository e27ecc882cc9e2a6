package dev.nightmail.upstream.simulator.service;

import static dev.nightmail.upstream.simulator.service.Scene.at;
import static dev.nightmail.upstream.simulator.service.Scene.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Admission.Overloaded;
import dev.nightmail.upstream.simulator.service.Prompt.Block;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** How long requests take, and wait for each other. */
final class TimingTest {

    private static final Prompt SHORT = Prompt.uncached(10);

    private static ServiceConfig oneSecondEach() {
        return ServiceConfig.INSTANT.withLatency(Latency.of(seconds(1), Duration.ZERO));
    }

    @Test
    void anInstantServiceTakesNoTime() {
        var accepted = new Scene(ServiceConfig.INSTANT).accepted(3, SHORT, 1000);

        assertThat(accepted.beginsAt()).isEqualTo(at(3));
        assertThat(accepted.firstTokenAt()).isEqualTo(at(3));
        assertThat(accepted.doneAt()).isEqualTo(at(3));
    }

    @Test
    void theFirstTokenWaitsForThePromptToBeReadAndTheRestIsWrittenAtAPace() {
        var scene =
                new Scene(
                        ServiceConfig.INSTANT.withLatency(
                                new Latency(seconds(0.5), 10_000, Duration.ofMillis(20), 0)));

        var accepted = scene.accepted(1, Prompt.uncached(30_000), 100);

        assertThat(accepted.firstTokenAt()).isEqualTo(at(4.5));
        assertThat(accepted.doneAt()).isEqualTo(at(6.5));
        assertThat(accepted.usage().output()).isEqualTo(100);
    }

    @Test
    void whatIsCachedNeedsNoReading() {
        var scene =
                new Scene(
                        ServiceConfig.INSTANT.withLatency(
                                new Latency(seconds(0.5), 10_000, Duration.ZERO, 0)));
        var prompt = Scene.prompt(1000, new Block(1, 20_000, CacheTtl.FIVE_MINUTES));

        assertThat(scene.accepted(0, prompt, 1).firstTokenAt()).isEqualTo(at(2.6));
        assertThat(scene.accepted(3, prompt, 1).firstTokenAt()).isEqualTo(at(3.6));
    }

    @Test
    void jitterSpreadsAroundTheMedianAndIsTheRequestsOwn() {
        var config =
                ServiceConfig.INSTANT
                        .withSeed(7)
                        .withLatency(new Latency(seconds(1), 0, Duration.ZERO, 0.5));
        var service = new SimulatedService(config, Scene.START);
        int below = 0;
        int farAbove = 0;
        for (int i = 0; i < 10_000; i++) {
            var first = first(service, i);
            below += first.isBefore(at(1)) ? 1 : 0;
            farAbove += first.isAfter(at(Math.exp(0.5))) ? 1 : 0;
        }

        assertThat(below).isBetween(4_800, 5_200);
        assertThat(farAbove).isBetween(1_450, 1_720);
        assertThat(first(service, 42))
                .isEqualTo(first(new SimulatedService(config, Scene.START), 42));
    }

    private static Instant first(SimulatedService service, int identity) {
        var arrival = new Arrival(identity, WorkspaceId.DEFAULT, Scene.MODEL, SHORT, 0, 0);
        return ((Accepted) service.arrive(arrival, Scene.START)).firstTokenAt();
    }

    @Test
    void whoFindsNoPlaceWaitsForTheFirstThatIsFreeInTheOrderOfComing() {
        var scene = new Scene(oneSecondEach().withCapacity(Capacity.queueing(2)));
        var done = new ArrayList<Instant>();
        for (double time : new double[] {0, 0.4, 0.5, 0.6, 0.7}) {
            done.add(scene.accepted(time, SHORT, 0).doneAt());
        }

        assertThat(done).containsExactly(at(1), at(1.4), at(2), at(2.4), at(3));
        assertThat(scene.accepted(10, SHORT, 0).beginsAt()).isEqualTo(at(10));
    }

    @Test
    void aPlaceIsFreeAtTheVeryMomentItsRequestIsDone() {
        var scene = new Scene(oneSecondEach().withCapacity(Capacity.refusing(1)));
        scene.ask(0);

        assertThat(scene.ask(0.999_999)).isInstanceOf(Overloaded.class);
        assertThat(scene.ask(1)).isInstanceOf(Accepted.class);
    }

    @Test
    void theLineHasAnEndAndGrowsShorterAsItMoves() {
        var scene = new Scene(oneSecondEach().withCapacity(new Capacity(1, 2, 0)));
        scene.ask(0);
        scene.ask(0.1);
        scene.ask(0.2);

        assertThat(scene.ask(0.3)).isInstanceOf(Overloaded.class);
        assertThat(scene.ask(1)).isInstanceOf(Accepted.class);
        assertThat(scene.ask(1.1)).isInstanceOf(Overloaded.class);
    }

    @Test
    void answersThatShareAMachineAreWrittenNoFasterThanItCan() {
        var scene =
                new Scene(
                        ServiceConfig.INSTANT
                                .withLatency(Latency.of(Duration.ZERO, Duration.ofMillis(10)))
                                .withCapacity(Capacity.UNLIMITED.sharing(1000)));

        assertThat(scene.accepted(0, SHORT, 100).doneAt()).isEqualTo(at(1));
        for (int i = 1; i < 50; i++) {
            scene.ask(0, SHORT, 100);
        }
        assertThat(scene.accepted(0, SHORT, 100).doneAt()).isEqualTo(at(5.1));
        assertThat(scene.accepted(60, SHORT, 100).doneAt()).isEqualTo(at(61));
    }

    @Test
    void timeDoesNotGoBack() {
        var scene = new Scene(oneSecondEach());
        scene.ask(5);

        assertThat(scene.accepted(4, SHORT, 0).doneAt()).isEqualTo(at(6));
    }
}
