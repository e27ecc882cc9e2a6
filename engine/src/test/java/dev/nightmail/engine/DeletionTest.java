package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.WORKSPACE;
import static dev.nightmail.engine.EngineWorld.meanwhile;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.engine.Faults.Step;
import dev.nightmail.engine.desk.BatchDesk.Deletion;
import dev.nightmail.engine.desk.BatchDesk.Results;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many delete a batch at once, it is deleted once, and nobody meets half of it. */
class DeletionTest {

    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path data) {
        world = new EngineWorld(data);
        world.upstream.answerEverything();
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void ofSeveralDeletionsOneDeletesAndTheOthersFindNothing() {
        for (int round = 0; round < 20; round++) {
            var batch = ended("round-" + round);
            var deletions = new ArrayList<CompletableFuture<Deletion>>();
            for (int i = 0; i < 8; i++) {
                deletions.add(meanwhile(() -> world.desk().delete(WORKSPACE, batch)));
            }

            var outcomes = deletions.stream().map(CompletableFuture::join).toList();

            assertThat(outcomes).filteredOn(Deletion.Deleted.class::isInstance).hasSize(1);
            assertThat(outcomes).filteredOn(Deletion.NotFound.class::isInstance).hasSize(7);
            assertThat(world.folder(batch)).doesNotExist();
        }
    }

    @Test
    void aSecondDeletionWaitsForTheFirst() {
        var batch = ended("a");
        world.faults.hold(Step.JOURNAL_DELETE);
        var first = meanwhile(() -> world.desk().delete(WORKSPACE, batch));
        EngineWorld.until(() -> world.faults.isReached(Step.JOURNAL_DELETE));
        var second = meanwhile(() -> world.desk().delete(WORKSPACE, batch));

        world.faults.releaseAll();

        assertThat(first.join()).isInstanceOf(Deletion.Deleted.class);
        assertThat(second.join()).isInstanceOf(Deletion.NotFound.class);
    }

    @Test
    void whoAsksForResultsMeanwhileHasThemOrFindsNothing() {
        for (int round = 0; round < 20; round++) {
            var batch = ended("round-" + round);
            var reading =
                    meanwhile(() -> {
                        Results results = world.desk().results(WORKSPACE, batch);
                        while (results instanceof Results.Ready) {
                            results = world.desk().results(WORKSPACE, batch);
                        }
                        return results;
                    });

            world.desk().delete(WORKSPACE, batch);

            assertThat(reading.join()).isInstanceOf(Results.NotFound.class);
        }
    }

    private BatchId ended(String name) {
        var batch = world.submit(name, 2);
        world.untilEnded(batch);
        EngineWorld.until(() -> world.desk().results(WORKSPACE, batch) instanceof Results.Ready);
        return batch;
    }
}
