package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.engine.Faults.Crash;
import dev.nightmail.engine.desk.BatchDesk.Deletion;
import dev.nightmail.engine.desk.BatchDesk.StoppingException;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies before and after every step it takes towards storage; the next one takes over,
 * and the clients do again what nobody told them was done.
 */
class CrashTest {

    @TempDir private Path folder;

    /** What clients were told. */
    private static final class Clients {
        final Map<String, BatchId> accepted = new HashMap<>();
        @Nullable BatchId deleted;
        @Nullable BatchId canceled;
    }

    @Test
    void whereverTheProcessDiesNothingIsLostAndNothingDoubled() throws IOException {
        int edges = edgesOfAWholeRun();
        assertThat(edges).isGreaterThan(30);

        for (int edge = 0; edge < edges; edge++) {
            dieAt(edge);
        }
    }

    private int edgesOfAWholeRun() throws IOException {
        var world = new EngineWorld(newFolder("whole"));
        world.faults.crashAt(Integer.MAX_VALUE);
        day(world, new Clients());
        int edges = world.faults.passed();
        world.stop();
        return edges;
    }

    /** With an empty catalog in it: making its tables takes longer than a whole day does here. */
    private Path newFolder(String name) throws IOException {
        var template = folder.resolve("template.db");
        if (!Files.exists(template)) {
            Catalog.open(template).close();
        }
        var data = Files.createDirectory(folder.resolve(name));
        Files.copy(template, data.resolve("catalog.db"));
        return data;
    }

    private void dieAt(int edge) throws IOException {
        var world = new EngineWorld(newFolder("edge-" + edge));
        world.faults.crashAt(edge);
        var clients = new Clients();
        day(world, clients);
        world.kill();
        var asked = new ArrayList<>(world.upstream.asked());

        world.startAgain();
        world.upstream.answerEverything();
        doAgainWhatWasNotAnswered(world, clients);
        asked.addAll(world.upstream.asked());

        for (var name : List.of("a", "b", "c")) {
            check(world, clients, name, "killed at edge " + edge);
        }
        assertThat(asked)
                .as("killed at edge %d: calls", edge)
                .allSatisfy(
                        id -> assertThat(asked.stream().filter(id::equals)).hasSizeBetween(1, 2));
        world.stop();
    }

    /** One day of three batches: one runs, is read and deleted; one runs; one is canceled. */
    private static void day(EngineWorld world, Clients clients) {
        try {
            accept(world, clients, "c", 40);
            cancel(world, clients);
            world.upstream.answerEverything();
            accept(world, clients, "a", 3);
            accept(world, clients, "b", 3);
            for (var id : clients.accepted.values()) {
                EngineWorld.until(() -> isDead(world) || world.find(id).isOver());
            }
            if (!isDead(world)) {
                delete(world, clients);
            }
        } catch (Crash _) {
            // Whoever was being served when the process died has heard nothing.
        }
    }

    private static boolean isDead(EngineWorld world) {
        return world.faults.isDead();
    }

    private static void accept(EngineWorld world, Clients clients, String name, int requests) {
        var batch =
                switch (world.submit(name, requests, "key of " + name)) {
                    case Submission.Accepted(var accepted) -> accepted;
                    case Submission.Replayed(var replayed) -> replayed;
                    case Submission.KeyReused _ -> throw new AssertionError("another body?");
                };
        clients.accepted.put(name, batch.id());
    }

    private static void cancel(EngineWorld world, Clients clients) {
        var batch = clients.accepted.get("c");
        if (batch == null) {
            return;
        }
        var client =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                world.cancel(batch);
                                clients.canceled = batch;
                            } catch (StoppingException | Crash _) {
                                // It was not told that it is canceled.
                            }
                        });
        EngineWorld.until(() -> isDead(world) || !client.isAlive());
        client.interrupt();
        EngineWorld.until(() -> !client.isAlive());
    }

    private static void delete(EngineWorld world, Clients clients) {
        var batch = clients.accepted.get("a");
        if (batch != null
                && world.desk().delete(EngineWorld.WORKSPACE, batch) instanceof Deletion.Deleted) {
            clients.deleted = batch;
        }
    }

    private static void doAgainWhatWasNotAnswered(EngineWorld world, Clients clients) {
        for (var name : List.of("a", "b", "c")) {
            if (!clients.accepted.containsKey(name)) {
                accept(world, clients, name, name.equals("c") ? 40 : 3);
            }
        }
    }

    private static void check(EngineWorld world, Clients clients, String name, String when) {
        var id = clients.accepted.get(name);
        if (id == null) {
            throw new AssertionError("never accepted: " + name);
        }
        var newest = new BatchPage.Query(100, new BatchPage.Place.Newest());
        var listed =
                world.desk().page(EngineWorld.WORKSPACE, newest).batches().stream()
                        .map(Batch::header)
                        .filter(header -> ("key of " + name).equals(header.idempotencyKey()))
                        .map(header -> header.id())
                        .toList();
        if (id.equals(clients.deleted) || (name.equals("a") && listed.isEmpty())) {
            assertThat(listed).as("%s: %s was deleted", when, name).isEmpty();
            assertThat(world.folder(id)).doesNotExist();
            return;
        }
        assertThat(listed).as("%s: batches of %s", when, name).containsExactly(id);
        var batch = world.untilEnded(id);
        int size = batch.header().requestCount();
        assertThat(world.settled(id))
                .as("%s: results of %s", when, name)
                .containsExactlyInAnyOrderElementsOf(ids(name, size));
        assertThat(world.charged(id))
                .as("%s: charged for %s", when, name)
                .isEqualTo(batch.counts().succeeded());
        if (id.equals(clients.canceled)) {
            assertThat(batch.cancelRequestedAt()).as("%s: canceled", when).isNotNull();
        }
    }
}
