package dev.nightmail.bench.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.journal.FileJournal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendTest {

    private static final Instant NOW = Instant.parse("2026-11-21T21:00:00Z");
    private static final BatchId ID = new BatchId("msgbatch_1");

    private final Answered answers = new Answered(10, NOW);

    @TempDir private Path folder;

    @Test
    void bothWaysWriteTheSameBytes() throws Exception {
        var bare = folder.resolve("bare.jsonl");
        new BareAppend(answers).append(bare, 3);

        appendToJournal(3);

        assertThat(folder.resolve("batches").resolve(ID.value()).resolve("results.jsonl"))
                .hasSameBinaryContentAs(bare);
    }

    @Test
    void everyResultOfTheJournalIsThereAfterwards() {
        assertThat(appendToJournal(4).settled(ID)).isEqualTo(10);
    }

    @Test
    void theLastGroupMayBeSmaller() throws Exception {
        var length = new BareAppend(answers).append(folder.resolve("bare.jsonl"), 7);

        assertThat(length).isEqualTo(10L * answers.lineBytes());
        assertThat(Files.readAllLines(folder.resolve("bare.jsonl"))).hasSize(10);
    }

    private JournalAppend appendToJournal(int groupMax) {
        var files = FileJournal.open(folder);
        var journal = new JournalAppend(files, answers);
        journal.create(ID, NOW);
        try (var batch = files.open(ID)) {
            journal.append(batch.results(), groupMax);
        }
        return journal;
    }
}
