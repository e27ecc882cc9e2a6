package dev.nightmail.pipeline.run;

import dev.nightmail.hostile.HostileBatches;
import dev.nightmail.hostile.HostileBatchesContract;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.Secret;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.TestWorld;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline at endpoints that lie. */
@SuppressWarnings("NullAway.Init")
class HostileEndpointsTest extends HostileBatchesContract {

    /** Who is told that a run cannot go on runs it again. */
    private static final int RUNS_MAX = 3;

    @TempDir Path folder;
    private final TestWorld world = new TestWorld(1);
    @AutoClose private final HostileBatches server = new HostileBatches(world.clock());

    @Override
    protected HostileBatches endpoint() {
        return server;
    }

    @Override
    protected Ending run() throws Exception {
        var pipeline = PipelineFolder.withTexts(folder, REQUESTS);
        var endpoint = new Endpoint(server.uri(), new Secret("key"), "test", false);
        for (int run = 0; run < RUNS_MAX; run++) {
            try {
                var summary = pipeline.run(endpoint, world, 10, _ -> {});
                return new Ending(
                        Math.toIntExact(summary.done()),
                        Math.toIntExact(
                                summary.failed().values().stream().mapToLong(each -> each).sum()));
            } catch (RunException | EndpointException e) {
                // It says what to do; nothing is lost and nothing sent again meanwhile.
            }
        }
        return new Ending(0, REQUESTS);
    }
}
