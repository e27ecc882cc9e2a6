package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Headroom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interactive calls to an upstream all of whose places a batch holds. */
@Timeout(60)
class InteractiveRetryTest {

    @TempDir private Path data;

    private EngineWorld world;

    @BeforeEach
    void start() {
        world = new EngineWorld(data, 4);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private static AttemptOutcome noPlace(@Nullable Duration retryAfter) {
        return new AttemptOutcome.Throttled(
                retryAfter, JsonBytes.of("{\"type\":\"error\"}"), Headroom.UNTOLD, true);
    }

    /** A client on a thread of its own. */
    private final class Client extends KeptAnswer {
        private final Thread thread;

        Client(String id) {
            var call =
                    new Call(
                            new Call.Endpoint.Messages(),
                            JsonBytes.of("{\"id\":\"" + id + "\"}"),
                            ApiVersion.V2026_10_21,
                            List.of(),
                            null,
                            Duration.ofMinutes(1));
            thread =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    world.engine()
                                            .messageDesk()
                                            .forward("claude-haiku-4-5", call, this);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
        }

        /** By then the scheduler has been told: for an answer it waits without a limit of time. */
        boolean isWaitingForRoom() {
            return thread.getState() == Thread.State.TIMED_WAITING;
        }
    }

    private List<ScriptedUpstream.CallInFlight> arrived(int calls) throws Exception {
        var arrived = new ArrayList<ScriptedUpstream.CallInFlight>();
        for (int i = 0; i < calls; i++) {
            arrived.add(world.upstream.next());
        }
        return arrived;
    }

    @Test
    void aCallThatABatchLeftNoPlaceGoesAgainWhenOneIsFreeAndTheClientSeesItsAnswerAlone()
            throws Exception {
        world.submit("batch", 12);
        var batch = arrived(4);
        var client = new Client("chat");
        var first = world.upstream.next();
        assertThat(first.request()).isEqualTo("chat");

        first.answer(noPlace(null));
        until(client::isWaitingForRoom);
        batch.getFirst().answer(ScriptedUpstream.answer());
        var again = world.upstream.next();
        assertThat(again.request()).as("before any call of the batch").isEqualTo("chat");
        again.answer(ScriptedUpstream.answer());

        until(() -> client.ended);
        assertThat(client.statuses).containsExactly(200);
    }

    @Test
    void whenTheTimeIsUpTheLastRefusalIsPassedOnWhole() throws Exception {
        world.submit("batch", 12);
        arrived(4);
        var client = new Client("chat");

        for (int steps = 0; !client.ended && steps < 100; steps++) {
            var call = world.upstream.nextWithin(Duration.ofMillis(100));
            if (call != null) {
                call.answer(noPlace(null));
            }
            world.pass(Duration.ofMillis(100));
        }

        assertThat(client.statuses).containsExactly(529);
        assertThat(client.body).hasToString("claude");
        assertThat(world.upstream.asked().stream().filter("chat"::equals).count())
                .isBetween(3L, 12L);
    }

    @Test
    void aRefusalThatLastsLongerIsPassedOnAtOnce() throws Exception {
        world.submit("batch", 12);
        arrived(4);
        var client = new Client("chat");

        world.upstream.next().answer(ScriptedUpstream.throttle(Duration.ofSeconds(30)));

        until(() -> client.ended);
        assertThat(client.statuses).containsExactly(429);
        assertThat(world.upstream.asked().stream().filter("chat"::equals)).hasSize(1);
    }

    @Test
    void aRefusalThatNoBatchHasCausedIsPassedOnAtOnce() throws Exception {
        var client = new Client("chat");

        world.upstream.next().answer(noPlace(null));

        until(() -> client.ended);
        assertThat(client.statuses).containsExactly(529);
    }

    @Test
    void aClientThatLeavesIsNotCalledForAgainAndTheBatchGoesOn() throws Exception {
        var batch = world.submit("batch", 12);
        var held = arrived(4);
        var client = new Client("chat");
        world.upstream.next().answer(noPlace(null));
        until(client::isWaitingForRoom);

        client.thread.interrupt();
        client.thread.join();
        world.upstream.script(_ -> ScriptedUpstream.answer());
        held.forEach(call -> call.answer(ScriptedUpstream.answer()));

        world.passUntil(() -> world.find(batch).isOver());
        assertThat(client.statuses).isEmpty();
        assertThat(world.upstream.asked().stream().filter("chat"::equals)).hasSize(1);
    }
}
