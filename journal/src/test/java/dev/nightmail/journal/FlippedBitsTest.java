package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.result.RequestCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every single bit of every file of a batch is flipped: it is noticed where it is used, it is told
 * apart from what a crash leaves, and it can be turned back.
 */
class FlippedBitsTest {

    private static final Path DATA = Path.of("data");
    private static final int REQUESTS = 4;

    private final MemoryDisk disk = new MemoryDisk();
    private final Path folder = DATA.resolve("batches").resolve(Samples.ID.value());
    private final FileJournal journal = FileJournal.open(disk, DATA);
    private final JournalCheckup checkup = new JournalCheckup(disk, DATA);

    @BeforeEach
    void endABatch() {
        Samples.create(journal, Samples.ID, REQUESTS);
        RequestCounts counts;
        try (var open = journal.open(Samples.ID)) {
            // An answer comes last, so that a flipped bit may leave it one.
            open.results().append(IntStream.of(3, 2, 1, 0).mapToObj(Samples::result).toList());
        }
        try (var open = journal.open(Samples.ID)) {
            counts = open.settled().counts();
        }
        journal.record(
                journal.find(Samples.ID)
                        .orElseThrow()
                        .after(new ResultsSettled(counts))
                        .after(new BatchEnded(Samples.CREATED.plusSeconds(60))));
        assertThat(findings()).isEmpty();
    }

    private List<String> findings() {
        return checkup.examine(Samples.ID, Optional.empty()).findings().stream()
                .map(finding -> finding.file() + " " + finding.problem())
                .toList();
    }

    private static byte[] flipped(byte[] whole, int bit) {
        var flipped = whole.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    @ParameterizedTest
    @ValueSource(strings = {"requests.jsonl", "requests.index", "results.jsonl", "results.index"})
    void everyFlippedBitIsFoundInItsFileAndTurnedBack(String name) throws IOException {
        var file = folder.resolve(name);
        var whole = disk.content(file);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            disk.put(file, flipped(whole, bit));

            var report = checkup.examine(Samples.ID, Optional.empty());

            assertThat(report.findings())
                    .as("bit %d", bit)
                    .isNotEmpty()
                    .allSatisfy(finding -> {
                        assertThat(finding.file()).isEqualTo(name);
                        assertThat(finding.isDamage()).isTrue();
                        assertThat(finding.isRepairable()).isTrue();
                    });
            // Where one bit of a byte can be turned back, so can its neighbours.
            if (bit % 8 == bit / 8 % 8) {
                checkup.repair(Samples.ID, Optional.empty());
                assertThat(disk.content(file)).as("bit %d", bit).isEqualTo(whole);
            }
        }
    }

    @Test
    void everyFlippedBitOfTheRecordIsRefusedAndTurnedBack() throws IOException {
        var file = folder.resolve("batch.json");
        var whole = disk.content(file);
        var recorded = journal.find(Samples.ID);
        int turnedBack = 0;

        for (int bit = 0; bit < whole.length * 8; bit++) {
            disk.put(file, flipped(whole, bit));

            assertThatThrownBy(() -> journal.find(Samples.ID))
                    .as("bit %d", bit)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("batch.json")
                    .hasMessageContaining("damaged");
            checkup.repair(Samples.ID, Optional.empty());
            if (findings().isEmpty()) {
                turnedBack++;
                assertThat(disk.content(file)).as("bit %d", bit).isEqualTo(whole);
            } else {
                checkup.repair(Samples.ID, recorded);
                assertThat(disk.content(file)).as("bit %d", bit).isEqualTo(whole);
            }
        }

        int bitsInTheNameOfTheChecksum = "\"crc32c\" : \"".length() * 8;
        assertThat(turnedBack).isEqualTo(whole.length * 8 - bitsInTheNameOfTheChecksum);
    }

    @Test
    void everyFlippedBitOfTheFoldersMarkStopsTheStart() throws IOException {
        var file = DATA.resolve("nightmail.json");
        var whole = disk.content(file);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            disk.put(file, flipped(whole, bit));
            assertThatThrownBy(() -> FileJournal.open(disk, DATA))
                    .as("bit %d", bit)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(DATA.toString());
        }
    }

    /**
     * Behind the last record nothing is there to compare a line with: a bit that flips while its
     * record is lost either leaves a line of our form, which is adopted as it stands, or a line
     * that is cut off as torn, with all behind it. It is never reported, and no line before it is
     * touched.
     */
    @Test
    void aFlippedBitBehindTheIndexCannotBeToldFromATornEnd() throws IOException {
        var file = folder.resolve("results.jsonl");
        var whole = disk.content(file);
        var index = disk.content(folder.resolve("results.index"));
        int indexed = 3;
        int covered = endOfLine(whole, indexed);
        int adoptedWithAnotherText = 0;

        for (int bit = covered * 8; bit < whole.length * 8; bit++) {
            disk.put(file, flipped(whole, bit));
            disk.put(folder.resolve("results.index"), Arrays.copyOf(index, 64 + indexed * 100));
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().damages()).as("bit %d", bit).isEmpty();
                assertThat(open.settled().requests().cardinality()).isBetween(indexed, REQUESTS);
                adoptedWithAnotherText +=
                        open.settled().requests().cardinality() == REQUESTS ? 1 : 0;
            }
            var left = disk.content(file);
            assertThat(Arrays.copyOf(left, covered)).isEqualTo(Arrays.copyOf(whole, covered));
            assertThat(flipped(whole, bit)).startsWith(left);
        }
        assertThat(adoptedWithAnotherText).isPositive();
    }

    private static int endOfLine(byte[] text, int lines) {
        int end = 0;
        for (int line = 0; line < lines; end++) {
            line += text[end] == '\n' ? 1 : 0;
        }
        return end;
    }
}
