package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static dev.nightmail.engine.ScriptedUpstream.answer;
import static dev.nightmail.engine.ScriptedUpstream.failure;
import static dev.nightmail.engine.ScriptedUpstream.refusal;
import static dev.nightmail.engine.ScriptedUpstream.throttle;
import static dev.nightmail.engine.ScriptedUpstream.unreachable;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.engine.Faults.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows from how a call went. */
class RetryTest {

    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path data) {
        world = new EngineWorld(data, 1);
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aRefusedRequestIsErroredAtOnce() {
        world.upstream.script(_ -> refusal());

        var batch = world.submit("a", 2);

        assertThat(world.untilEnded(batch).counts()).isEqualTo(new RequestCounts(0, 0, 2, 0, 0));
        assertThat(world.upstream.asked()).hasSize(2);
    }

    @Test
    void aRequestThatNoBatchMayMakeIsErroredWithoutACall() {
        world.check((_, _) -> Optional.of(JsonBytes.of("{\"type\":\"error\"}")));

        var batch = world.submit("a", 2);

        assertThat(world.untilEnded(batch).counts().errored()).isEqualTo(2);
        assertThat(world.upstream.asked()).isEmpty();
    }

    @Test
    void aFailedRequestIsTriedFiveTimesInAllAndThenErrored() {
        world.upstream.script(_ -> failure());
        var batch = world.submit("a", 1);

        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.upstream.asked()).hasSize(5);
        assertThat(world.counts(batch).errored()).isEqualTo(1);
    }

    @Test
    void whatFailsAndThenSucceedsHasSucceeded() {
        var batch = world.submit("a", 1);
        world.upstream.next().answer(failure());
        world.upstream.answerEverything();

        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.counts(batch).succeeded()).isEqualTo(1);
    }

    @Test
    void beingThrottledUsesUpNoAttempts() {
        var batch = world.submit("a", 2);
        for (int i = 0; i < 10; i++) {
            world.upstream.next().answer(throttle(Duration.ofSeconds(30)));
            int asked = world.upstream.asked().size();
            world.passUntil(() -> world.upstream.asked().size() > asked);
        }

        world.upstream.answerEverything();
        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(2);
    }

    @Test
    void anUpstreamThatCannotBeReachedCostsNothingButTime() {
        var batch = world.submit("a", 2);
        for (int i = 0; i < 10; i++) {
            world.upstream.next().answer(unreachable());
            int asked = world.upstream.asked().size();
            world.passUntil(() -> world.upstream.asked().size() > asked);
        }

        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(2);
    }

    @Test
    void aRequestThatCannotBeReadIsTriedAgainAndUsesUpNoAttempts() {
        world.faults.fail(Step.READ, 8);
        world.upstream.answerEverything();

        var batch = world.submit("a", 3);
        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.counts(batch).succeeded()).isEqualTo(3);
        assertThat(world.upstream.asked()).containsExactlyInAnyOrderElementsOf(ids("a", 3));
    }

    @Test
    void aFaultOfOursCostsTheRequestAnAttemptAndNoOtherItsTurn() {
        world.check((params, _) -> {
            if (new String(params.array(), UTF_8).contains("a-1")) {
                throw new IllegalStateException("a fault of ours");
            }
            return Optional.empty();
        });
        world.upstream.script(_ -> answer());

        var batch = world.submit("a", 3);
        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 2, 1, 0, 0));
        assertThat(world.results(batch))
                .filteredOn(line -> line.contains("a-1"))
                .singleElement()
                .asString()
                .contains("api_error");
        assertThat(world.failures).isEmpty();
    }
}
