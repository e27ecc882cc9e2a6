package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.schedule.UpstreamState;
import dev.nightmail.core.schedule.UpstreamState.Condition;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamDeskTest {

    @TempDir private Path data;

    @Test
    void whatIsTroubleAndWhatIsOverIsSeenWithinASecond() {
        try (var world = new EngineWorld(data)) {
            assertThat(upstream(world).condition()).isEqualTo(Condition.HEALTHY);
            world.upstream.script(_ -> ScriptedUpstream.unreachable());
            var batch = world.submit("a", 3);
            until(() -> !world.upstream.asked().isEmpty());
            world.passUntil(() -> upstream(world).condition() == Condition.UNREACHABLE);
            assertThat(upstream(world).batchesWaiting()).isEqualTo(1);

            world.upstream.answerEverything();
            world.passUntil(() -> world.find(batch).isOver());

            world.passUntil(() -> upstream(world).condition() == Condition.HEALTHY);
            assertThat(upstream(world).calls().answered()).isEqualTo(3);
            assertThat(upstream(world).batchesWaiting()).isZero();
        }
    }

    private static UpstreamState upstream(EngineWorld world) {
        return world.engine().upstreamDesk().upstreams().getFirst();
    }
}
