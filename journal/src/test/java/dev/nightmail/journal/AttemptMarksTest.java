package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.journal.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often requests were tried outlives the process that tried them. */
class AttemptMarksTest {

    private static final Path DATA = Path.of("data");
    private static final int REQUESTS = 300;

    private static Journal.OpenBatch opened(FileJournal journal) {
        return journal.open(Samples.ID);
    }

    private static FileJournal created(MemoryDisk disk) {
        var journal = FileJournal.open(disk, DATA);
        Samples.create(journal, Samples.ID, REQUESTS);
        return journal;
    }

    @Test
    void aProcessThatIsKilledLeavesWhatItMarked() {
        var disk = new MemoryDisk();
        var marks = opened(created(disk)).attempts();
        assertThat(marks.before()).isEmpty();

        marks.mark(7, 1);
        marks.mark(299, 3);
        marks.mark(8, 1);
        marks.mark(8, 0);

        var next = opened(FileJournal.open(disk, DATA));
        assertThat(next.attempts().before()).isEqualTo(Map.of(7, 1, 299, 3));
    }

    @Test
    void aPowerLossTakesNothingButMarks() {
        for (int seed = 0; seed < 50; seed++) {
            var disk = new MemoryDisk();
            opened(created(disk)).attempts().mark(7, 2);

            var left = disk.afterPowerLoss(new SplittableRandom(seed));

            var next = opened(FileJournal.open(left, DATA));
            assertThat(next.attempts().before()).isIn(Map.of(), Map.of(7, 2));
            next.attempts().mark(5, 1);
            assertThat(next.settled().requests().isEmpty()).isTrue();
        }
    }

    @Test
    void aDiskThatTakesNoMarksRunsTheBatchAllTheSame() {
        var disk = new MemoryDisk();
        var files = opened(created(disk));
        disk.failAfter(0);

        files.attempts().mark(7, 1);

        assertThat(files.settled().requests().isEmpty()).isTrue();
    }

    @Test
    void aThreadThatIsInterruptedTakesTheFileFromNoOther(@TempDir Path folder)
            throws IOException, InterruptedException {
        var journal = FileJournal.open(folder);
        Samples.create(journal, Samples.ID, REQUESTS);
        try (var files = opened(journal)) {
            for (int round = 0; round < 200; round++) {
                int number = round;
                var thread = Thread.ofVirtual().unstarted(() -> files.attempts().mark(number, 1));
                thread.start();
                thread.interrupt();
                thread.join();
            }
        }

        try (var again = opened(journal)) {
            assertThat(again.attempts().before()).hasSize(200);
        }
        assertThat(Files.size(folder.resolve("batches/msgbatch_01abcDEF/requests.attempts")))
                .isEqualTo(REQUESTS);
    }
}
