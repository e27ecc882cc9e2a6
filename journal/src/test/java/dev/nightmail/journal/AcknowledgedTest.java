package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.usage.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What was acknowledged stays so, whatever an upstream answered and whichever step failed. */
class AcknowledgedTest {

    private static final int INDEX_HEADER_BYTES = 64;

    private final MemoryDisk disk = new MemoryDisk();
    private final Path data = Path.of("data");
    private final Path folder = data.resolve("batches").resolve(Samples.ID.value());
    private final FileJournal journal = FileJournal.open(disk, data);

    @Test
    void aFigureInTheUsageThatNobodyKnowsCostsNoResultWhenTheIndexIsLost() throws IOException {
        Samples.create(journal, Samples.ID, 3);
        var message =
                """
                {"id":"msg_1","type":"message","content":[],"usage":{"input_tokens":10,\
                "output_tokens":5,"figure_of_next_year":12345678901234567890,"service_tier":"batch"}}\
                """;
        var answered =
                new Result.Succeeded(
                        JsonBytes.of(message), new Usage(10, 5, 0, 0, 0), Samples.BILLING);
        try (var open = journal.open(Samples.ID)) {
            open.results()
                    .append(
                            List.of(
                                    new SettledRequest(
                                            0, Samples.customId(0), answered, Samples.CREATED)));
            open.results().append(List.of(Samples.result(1)));
        }

        // The power goes: the lines were flushed, the records of the index were not.
        var index = folder.resolve("results.index");
        disk.put(index, Arrays.copyOf(disk.content(index), INDEX_HEADER_BYTES));

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().counts().processing()).isEqualTo(1);
            assertThat(open.settled().requests().get(0)).isTrue();
            assertThat(open.settled().requests().get(1)).isTrue();
        }
    }

    @Test
    void aBatchWhoseDeletionSucceededAtTheSecondTryDoesNotComeBack() {
        Samples.create(journal, Samples.ID, 3);
        disk.failNext(MemoryDisk.Step.FORCE_FOLDER);
        assertThatThrownBy(() -> journal.delete(Samples.ID)).isInstanceOf(JournalException.class);
        journal.delete(Samples.ID);

        for (int seed = 0; seed < 100; seed++) {
            var after = disk.afterPowerLoss(new SplittableRandom(seed));
            assertThat(FileJournal.open(after, data).batches()).as("seed %d", seed).isEmpty();
        }
    }
}
