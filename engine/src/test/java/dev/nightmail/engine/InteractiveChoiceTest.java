package dev.nightmail.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.Routes;
import dev.nightmail.core.schedule.Routes.Route;
import dev.nightmail.core.schedule.UpstreamState;
import dev.nightmail.core.schedule.UpstreamState.Calls;
import dev.nightmail.core.schedule.UpstreamState.Condition;
import dev.nightmail.core.schedule.UpstreamState.Places;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.ForwardOutcome;
import dev.nightmail.core.upstream.Upstream;
import dev.nightmail.engine.thread.SystemThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where interactive calls go when several upstreams serve their model. */
class InteractiveChoiceTest {

    private static final Instant LATER = Instant.parse("2026-11-21T22:00:10Z");

    private final ScriptedUpstream first = new ScriptedUpstream("first");
    private final ScriptedUpstream second = new ScriptedUpstream("second");
    private final Map<String, UpstreamState> states = new LinkedHashMap<>();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private KeptAnswer answer = new KeptAnswer();
    private final InteractiveChoice choice;
    private final RoutedMessageDesk desk;

    InteractiveChoiceTest() {
        first.script(_ -> ScriptedUpstream.answer());
        second.script(_ -> ScriptedUpstream.answer());
        stands("first", Condition.HEALTHY, null, 0);
        stands("second", Condition.HEALTHY, null, 0);
        var upstreams = new LinkedHashMap<String, Upstream>();
        upstreams.put("first", first);
        upstreams.put("second", second);
        choice = new InteractiveChoice(upstreams.keySet(), () -> List.copyOf(states.values()));
        desk =
                new RoutedMessageDesk(
                        upstreams,
                        new Routes(List.of(new Route("*", List.of("first", "second"), null))),
                        model -> JsonBytes.of("{\"model\":\"" + model + "\"}"),
                        choice,
                        new InteractivePatience(
                                Duration.ZERO, new SystemThreads(), System::nanoTime, events::add),
                        events::add);
    }

    private void stands(
            String name, Condition condition, @Nullable Instant pausedUntil, int inFlight) {
        states.put(
                name,
                new UpstreamState(
                        name,
                        condition,
                        pausedUntil,
                        new Places(inFlight, 8, 8, 0),
                        List.of(),
                        null,
                        0,
                        new Calls(0, 0, 0, 0),
                        null,
                        null));
    }

    private void call() {
        call(new Call.Endpoint.Messages());
    }

    private void call(Call.Endpoint endpoint) {
        try {
            desk.forward(
                    "model",
                    new Call(
                            endpoint,
                            JsonBytes.of("{\"id\":\"x\"}"),
                            ApiVersion.V2026_10_21,
                            List.of(),
                            null,
                            Duration.ofMinutes(1)),
                    answer);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> order() {
        return choice.inOrder(new Route("*", List.of("first", "second"), null));
    }

    @Test
    void whereAllIsAlikeTheFirstOfTheRouteIsAsked() {
        call();

        assertThat(first.asked()).hasSize(1);
        assertThat(second.asked()).isEmpty();
    }

    @Test
    void theLessBusyOneGoesFirst() {
        stands("first", Condition.HEALTHY, null, 5);
        assertThat(order()).containsExactly("second", "first");

        for (int i = 0; i < 6; i++) {
            choice.began("second");
        }
        assertThat(order()).containsExactly("first", "second");

        choice.ended("second");
        choice.ended("second");
        assertThat(order()).containsExactly("second", "first");
    }

    @Test
    void oneThatAnswersGoesBeforeOneThatDoesNot() {
        stands("first", Condition.PAUSED, LATER, 0);
        stands("second", Condition.SLOWED, null, 8);
        assertThat(order()).containsExactly("second", "first");

        stands("second", Condition.UNAUTHORIZED, null, 0);
        assertThat(order()).containsExactly("first", "second");
    }

    @Test
    void oneCallAtATimeFindsOutWhetherSomebodyIsBack() {
        stands("first", Condition.UNREACHABLE, LATER, 0);
        assertThat(order()).containsExactly("second", "first");

        stands("first", Condition.UNREACHABLE, null, 0);
        assertThat(order()).containsExactly("first", "second");

        choice.began("first");
        assertThat(order()).containsExactly("second", "first");
    }

    @Test
    void whereNothingCouldBeSentTheNextIsAsked() {
        first.script(_ -> ScriptedUpstream.unreachable());

        call();

        assertThat(first.asked()).hasSize(1);
        assertThat(second.asked()).hasSize(1);
        assertThat(answer.ended).isTrue();
        assertThat(answer.body).hasToString("second");
        assertThat(answer.begun()).isEqualTo(1);
        assertThat(events)
                .hasSize(4)
                .contains(
                        new Event.InteractiveFinished("second", 1, new ForwardOutcome.Answered()));
        assertThat(events.get(1))
                .isInstanceOfSatisfying(
                        Event.InteractiveFinished.class,
                        finished ->
                                assertThat(finished.news())
                                        .isInstanceOf(ForwardOutcome.Unreachable.class));
    }

    @Test
    void whoHasNoRoomOrRefusesUsHasDoneNothingAndTheNextIsAsked() {
        for (var refusal : refusals()) {
            first.script(_ -> refusal);

            call();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body).hasToString("second");
            answer = new KeptAnswer();
        }
        assertThat(second.asked()).hasSize(2);
    }

    private static List<AttemptOutcome> refusals() {
        return List.of(
                ScriptedUpstream.throttle(Duration.ofSeconds(5)),
                new AttemptOutcome.Barred("status 401", JsonBytes.of("{}")));
    }

    @Test
    void whereAllRefuseTheClientGetsWhatTheBestOfThemSaid() {
        first.script(_ -> ScriptedUpstream.throttle(Duration.ofSeconds(5)));
        for (var worse :
                List.of(
                        new AttemptOutcome.Barred("status 401", JsonBytes.of("{}")),
                        ScriptedUpstream.unreachable())) {
            second.script(_ -> worse);

            call();

            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.headers).containsEntry("from", "first");
            assertThat(answer.body).hasToString("first");
            assertThat(answer.begun()).isEqualTo(1);
            assertThat(answer.ended).isTrue();
            answer = new KeptAnswer();
        }
    }

    @Test
    void whatOneHasBegunToWorkAtIsFinal() {
        for (var outcome : List.of(ScriptedUpstream.failure(), ScriptedUpstream.refusal())) {
            first.script(_ -> outcome);

            call();

            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
            assertThat(answer.body).hasToString("first");
            assertThat(answer.ended).isTrue();
            answer = new KeptAnswer();
        }
        assertThat(second.asked()).isEmpty();
    }

    @Test
    void whereNobodyCanBeReachedTheClientIsToldOnce() {
        first.script(_ -> ScriptedUpstream.unreachable());
        second.script(_ -> ScriptedUpstream.unreachable());

        call();

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.begun()).isEqualTo(1);
        assertThat(answer.ended).isTrue();
    }

    @Test
    void whatCountingTokensRunsIntoIsNoNewsOfMessages() {
        first.script(_ -> new AttemptOutcome.Barred("status 404", JsonBytes.of("{}")));

        call(new Call.Endpoint.CountTokens());

        assertThat(events.get(1))
                .isEqualTo(new Event.InteractiveFinished("first", 1, new ForwardOutcome.NoNews()));
    }
}
