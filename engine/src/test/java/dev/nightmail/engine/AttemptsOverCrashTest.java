package dev.nightmail.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.result.RequestCounts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request that the process dies of is not sent for ever. */
class AttemptsOverCrashTest {

    private static final int ATTEMPTS_MAX = 5;

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
    void fiveDeathsWhileItIsUnderWayAndItIsErrored() {
        var batch = world.submit("a", 1);
        for (int death = 0; death < ATTEMPTS_MAX; death++) {
            world.upstream.next();
            world.kill();
            world.startAgain();
        }

        assertThat(world.untilEnded(batch).counts()).isEqualTo(new RequestCounts(0, 0, 1, 0, 0));
        assertThat(world.upstream.asked()).isEmpty();
        assertThat(world.results(batch))
                .singleElement()
                .asString()
                .contains("\"type\":\"api_error\"")
                .contains("each attempt at this request was cut off");
    }

    @Test
    void whatWasAnsweredBetweenTheDeathsCountsAsNothing() {
        var batch = world.submit("a", 1);
        for (int death = 0; death < ATTEMPTS_MAX - 1; death++) {
            world.upstream.next();
            world.kill();
            world.startAgain();
        }

        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(1);
    }

    @Test
    void callsForWhichThereWasNoRoomAreNoneOfThem() {
        var batch = world.submit("a", 1);
        for (int death = 0; death < 2 * ATTEMPTS_MAX; death++) {
            world.upstream.next().answer(ScriptedUpstream.throttle(Duration.ofHours(1)));
            EngineWorld.until(() ->
                    world.engine().upstreamDesk().upstreams().getFirst().pausedUntil() != null
                            || !pass());
            world.kill();
            world.startAgain();
        }

        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(1);
    }

    private boolean pass() {
        world.pass(Duration.ofSeconds(1));
        return true;
    }

    @Test
    void aCleanStopIsNoDeath() {
        var batch = world.submit("a", 3);
        for (int stop = 0; stop < ATTEMPTS_MAX + 1; stop++) {
            var call = world.upstream.next();
            var stopping = EngineWorld.meanwhile(world::stop);
            call.answer(ScriptedUpstream.unreachable());
            stopping.join();
            world.startAgain();
        }

        world.upstream.answerEverything();

        assertThat(world.untilEnded(batch).counts().succeeded()).isEqualTo(3);
    }
}
