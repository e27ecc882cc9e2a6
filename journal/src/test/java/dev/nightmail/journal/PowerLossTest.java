package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchEvent;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.SettledRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch is created and run to its end while the power goes again and again, anywhere. */
class PowerLossTest {

    private static final Path DATA = Path.of("data");
    private static final int REQUESTS = 12;

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatWasAcknowledgedIsThereAndEveryRequestSettlesOnce(int seed) throws IOException {
        var random = new SplittableRandom(seed);
        var world = new World(random);
        while (!world.allSettled()) {
            world.disk.cutPowerAfter(random.nextInt(40));
            world.runUntilThePowerGoes();
            // Sometimes it is only the process that is killed: then nothing is lost, or durable.
            if (random.nextInt(3) > 0) {
                world.disk = world.disk.afterPowerLoss(random);
            }
        }
        world.checkTheResultsServed();
    }

    @Test
    void aCreateThatFailsAtAnyStepLeavesNothing() {
        var whole = new MemoryDisk();
        var journal = FileJournal.open(whole, DATA);
        int first = whole.steps();
        Samples.create(journal, Samples.ID, REQUESTS);
        int steps = whole.steps() - first;

        for (int failing = 0; failing < steps; failing++) {
            var disk = new MemoryDisk();
            var opened = FileJournal.open(disk, DATA);
            disk.failAfter(failing);
            assertThatThrownBy(() -> Samples.create(opened, Samples.ID, REQUESTS))
                    .isInstanceOf(JournalException.class);
            assertThat(opened.batches()).isEmpty();
            assertThat(disk.list(DATA.resolve("incoming"))).isEmpty();
        }
    }

    @Test
    void whatABatchThatIsOverUsedSurvivesEveryPowerLoss() throws IOException {
        var disk = new MemoryDisk();
        var journal = FileJournal.open(disk, DATA);
        Samples.create(journal, Samples.ID, REQUESTS);
        var files = journal.open(Samples.ID);
        files.results().append(IntStream.range(0, REQUESTS).mapToObj(Samples::result).toList());
        var used = journal.usage(Samples.ID);

        journal.record(over(journal.find(Samples.ID).orElseThrow()));

        for (int seed = 0; seed < 50; seed++) {
            var left = disk.afterPowerLoss(new SplittableRandom(seed));
            assertThat(FileJournal.open(left, DATA).usage(Samples.ID)).isEqualTo(used);
        }
    }

    @Test
    void aDeleteThatIsDoneAgainAfterAFailedFlushIsForGood() throws IOException {
        var disk = new MemoryDisk();
        var journal = FileJournal.open(disk, DATA);
        Samples.create(journal, Samples.ID, REQUESTS);
        disk.failNext(MemoryDisk.Step.FORCE_FOLDER);
        assertThatThrownBy(() -> journal.delete(Samples.ID)).isInstanceOf(JournalException.class);

        journal.delete(Samples.ID);

        for (int seed = 0; seed < 20; seed++) {
            var left = disk.afterPowerLoss(new SplittableRandom(seed));
            assertThat(FileJournal.open(left, DATA).batches()).isEmpty();
        }
    }

    private static Batch over(Batch batch) {
        int quarter = REQUESTS / 4;
        var counts = new RequestCounts(0, quarter, quarter, quarter, REQUESTS - 3 * quarter);
        return batch.after(new BatchEvent.ResultsSettled(counts))
                .after(new BatchEvent.BatchEnded(Samples.CREATED.plusSeconds(60)));
    }

    private static final class World {
        private final SplittableRandom random;
        private MemoryDisk disk = new MemoryDisk();
        private boolean created;
        private final BitSet acknowledged = new BitSet();

        World(SplittableRandom random) {
            this.random = random;
        }

        boolean allSettled() {
            return acknowledged.cardinality() == REQUESTS;
        }

        void runUntilThePowerGoes() {
            try {
                var journal = FileJournal.open(disk, DATA);
                createOnce(journal);
                try (var open = journal.open(Samples.ID)) {
                    var settled = open.settled();
                    assertThat(settled.damages()).isEmpty();
                    assertThat(contains(settled.requests(), acknowledged)).isTrue();
                    // What recovery reports as settled must stay so, as if acknowledged.
                    acknowledged.or(settled.requests());
                    while (!allSettled()) {
                        var group = nextGroup();
                        open.results().append(group);
                        group.forEach(result -> acknowledged.set(result.number()));
                    }
                }
            } catch (JournalException e) {
                assertThat(e).hasStackTraceContaining("the power is off");
            }
        }

        private void createOnce(FileJournal journal) {
            boolean found = journal.batches().contains(Samples.ID);
            assertThat(found || !created).as("an acknowledged batch is there").isTrue();
            if (!found) {
                Samples.create(journal, Samples.ID, REQUESTS);
            }
            created = true;
        }

        private List<SettledRequest> nextGroup() {
            var group = new ArrayList<SettledRequest>();
            int size = 1 + random.nextInt(4);
            for (int number = acknowledged.nextClearBit(0);
                    number < REQUESTS && group.size() < size;
                    number = acknowledged.nextClearBit(number + 1)) {
                group.add(Samples.result(number));
            }
            return group;
        }

        private static boolean contains(BitSet all, BitSet some) {
            var missing = (BitSet) some.clone();
            missing.andNot(all);
            return missing.isEmpty();
        }

        void checkTheResultsServed() throws IOException {
            disk.cutPowerAfter(Integer.MAX_VALUE);
            var journal = FileJournal.open(disk, DATA);
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().counts().processing()).isZero();
                for (int number = 0; number < REQUESTS; number++) {
                    assertThat(new String(open.requests().read(number).params().array(), UTF_8))
                            .isEqualTo(Samples.params(number));
                }
            }
            var log = DATA.resolve("batches").resolve(Samples.ID.value()).resolve("results.jsonl");
            var served = disk.content(log);
            assertThat(journal.results(Samples.ID).orElseThrow().length()).isEqualTo(served.length);
            var ids =
                    new String(served, UTF_8)
                            .lines()
                            .map(line -> line.replaceAll("^.\"custom_id\":\"(.*?)\".*}}$", "$1"))
                            .toList();
            var expected =
                    IntStream.range(0, REQUESTS)
                            .mapToObj(number -> Samples.customId(number).value())
                            .toList();
            assertThat(ids).containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
