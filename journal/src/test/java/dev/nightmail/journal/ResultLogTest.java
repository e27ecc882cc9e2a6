package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.batch.RequestCounts;
import dev.nightmail.core.journal.Journal.ModelUsage;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.result.SettledRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultLogTest {

    private static final int REQUESTS = 6;

    @TempDir Path data;
    private FileJournal journal;
    private Path log;
    private Path index;

    @BeforeEach
    void createABatch() {
        journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, REQUESTS);
        var folder = data.resolve("batches").resolve(Samples.ID.value());
        log = folder.resolve("results.jsonl");
        index = folder.resolve("results.index");
    }

    private static List<SettledRequest> group(int... numbers) {
        return IntStream.of(numbers).mapToObj(Samples::result).toList();
    }

    private void append(int... numbers) {
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(numbers));
        }
    }

    /** Numbers of the requests whose lines stand in the log, which must all be whole. */
    private List<Integer> lines() throws IOException {
        return Files.readAllLines(log).stream()
                .map(line -> {
                    assertThat(line).startsWith("{\"custom_id\":\"row-").endsWith("}}");
                    return Integer.valueOf(line.replaceAll("^.*?row-(\\d+).*$", "$1"));
                })
                .toList();
    }

    @Test
    void resultsAreServedAsTheyWereSettled() throws IOException {
        append(2, 0);
        append(1, 3);

        assertThat(Files.readString(log))
                .startsWith(
                        """
                        {"custom_id":"row-2","result":{"type":"canceled"}}
                        {"custom_id":"row-0","result":{"type":"succeeded","message":{"id":"msg_0",\
                        """)
                .endsWith(
                        """
                        {"custom_id":"row-1","result":{"type":"errored","error":{"type":"error","error":{"type":"api_error","message":"no"}}}}
                        {"custom_id":"row-3","result":{"type":"expired"}}
                        """);
    }

    @Test
    void whatSettledIsKnownAfterReopening() {
        append(4, 1);
        append(0, 2, 3);

        try (var open = journal.open(Samples.ID)) {
            var settled = open.settled();
            assertThat(settled.requests().stream()).containsExactly(0, 1, 2, 3, 4);
            assertThat(settled.counts()).isEqualTo(new RequestCounts(1, 2, 1, 1, 1));
            assertThat(settled.lastSettledAt()).isEqualTo(Samples.result(4).settledAt());
            assertThat(settled.damages()).isEmpty();
        }
    }

    @Test
    void aRequestSettlesOnce() {
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(0));
            assertThatThrownBy(() -> open.results().append(group(0)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> open.results().append(group(1, 1)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> open.results().append(group(REQUESTS)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> open.results().append(List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            open.results().append(group(1));
        }
        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().requests().stream()).containsExactly(0, 1);
        }
    }

    @Test
    void aBatchIsOpenOnce() {
        try (var _ = journal.open(Samples.ID)) {
            assertThatThrownBy(() -> journal.open(Samples.ID))
                    .isInstanceOf(IllegalStateException.class);
        }
        journal.open(Samples.ID).close();
    }

    @Test
    void usageIsSummedByModelOverWhatSucceeded() {
        var expected = Map.of("m0", new ModelUsage(2, Samples.usage(0).plus(Samples.usage(4))));
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(0, 1, 2));
            open.results().append(group(4));
            assertThat(journal.usage(Samples.ID)).isEqualTo(expected);
        }
        assertThat(journal.usage(Samples.ID)).isEqualTo(expected);
    }

    @Test
    void onlyDurableLinesAreServedWhileTheBatchRuns() throws IOException {
        try (var open = journal.open(Samples.ID)) {
            long durable = open.results().append(group(0));
            // What a group in the middle of being written looks like.
            Files.writeString(log, Files.readString(log) + "{\"custom_id\":\"row-1\",");
            assertThat(journal.results(Samples.ID).orElseThrow().length()).isEqualTo(durable);
        }
        assertThat(journal.results(Samples.ID).orElseThrow().length()).isLessThan(Files.size(log));
    }

    @Test
    void allOfAnEndedBatchIsServedAndADownloadOutlivesItsDeletion() throws IOException {
        append(0, 1, 2, 3, 4, 5);
        journal.record(
                journal.find(Samples.ID)
                        .orElseThrow()
                        .after(new ResultsSettled(new RequestCounts(0, 2, 2, 1, 1)))
                        .after(new BatchEnded(Samples.CREATED.plusSeconds(9))));
        var results = journal.results(Samples.ID).orElseThrow();
        assertThat(results.length()).isEqualTo(Files.size(log));
        assertThat(results.path()).contains(log);

        try (var channel = results.open()) {
            journal.delete(Samples.ID);
            assertThat(channel.size()).isEqualTo(results.length());
        }
    }

    @Test
    void aLogCutAtAnyByteBehindTheIndexKeepsItsWholeLines() throws IOException {
        append(0);
        var indexed = Files.readAllBytes(index);
        long covered = Files.size(log);
        append(1, 4, 2);
        var whole = Files.readAllBytes(log);

        for (int cut = (int) covered; cut <= whole.length; cut++) {
            Files.write(index, indexed);
            Files.write(log, Arrays.copyOf(whole, cut));
            var expected = wholeLines(whole, cut);
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().damages()).isEmpty();
                assertThat(open.settled().requests().cardinality()).isEqualTo(expected);
                open.results().append(group(5));
            }
            assertThat(lines()).hasSize(expected + 1).doesNotHaveDuplicates().endsWith(5);
        }
    }

    private static int wholeLines(byte[] bytes, int cut) {
        int lines = 0;
        for (int i = 0; i < cut; i++) {
            lines += bytes[i] == '\n' ? 1 : 0;
        }
        return lines;
    }

    @Test
    void aLogCutBeforeTheEndOfItsIndexReportsEveryLineItLost() throws IOException {
        append(0, 1, 2);
        var wholeLog = Files.readAllBytes(log);
        var wholeIndex = Files.readAllBytes(index);

        for (int cut = 0; cut < wholeLog.length; cut++) {
            Files.write(log, Arrays.copyOf(wholeLog, cut));
            Files.write(index, wholeIndex);
            int kept = wholeLines(wholeLog, cut);
            for (int opening = 0; opening < 2; opening++) {
                try (var open = journal.open(Samples.ID)) {
                    assertThat(open.settled().damages()).hasSize(3 - kept);
                    assertThat(open.settled().requests().stream()).startsWith(0, 1, 2);
                    open.results().append(group(3 + opening));
                }
            }
            assertThat(lines()).hasSize(kept + 2).endsWith(3, 4);
        }
    }

    @Test
    void everyFlippedBitOfTheLogIsReported() throws IOException {
        append(0, 1, 2);
        var whole = Files.readAllBytes(log);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            var flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(log, flipped);
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().damages())
                        .singleElement()
                        .asString()
                        .contains(Samples.ID.value(), "offset");
                assertThat(open.settled().requests().stream()).containsExactly(0, 1, 2);
            }
            assertThat(Files.readAllBytes(log)).isEqualTo(flipped);
        }
    }

    @Test
    void everyFlippedBitOfTheIndexIsMendedFromTheLog() throws IOException {
        append(0, 1, 4);
        var whole = Files.readAllBytes(index);
        var usage = journal.usage(Samples.ID);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            var flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(index, flipped);
            assertThat(journal.usage(Samples.ID)).isEqualTo(usage);
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().damages()).isEmpty();
                assertThat(open.settled().requests().stream()).containsExactly(0, 1, 4);
            }
            assertThat(Files.size(index)).isEqualTo(whole.length);
            assertThat(journal.usage(Samples.ID)).isEqualTo(usage);
        }
    }

    @Test
    void anIndexCutAtAnyByteIsMendedFromTheLog() throws IOException {
        append(0, 1, 4);
        var whole = Files.readAllBytes(index);
        var usage = journal.usage(Samples.ID);

        for (int cut = 0; cut < whole.length; cut++) {
            Files.write(index, Arrays.copyOf(whole, cut));
            journal.open(Samples.ID).close();
            assertThat(Files.size(index)).isEqualTo(whole.length);
            assertThat(journal.usage(Samples.ID)).isEqualTo(usage);
        }
    }

    @Test
    void aLostIndexIsRebuiltFromTheLog() throws IOException {
        append(4, 1);
        append(0, 2, 3);
        var usage = journal.usage(Samples.ID);
        Files.delete(index);

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().counts()).isEqualTo(new RequestCounts(1, 2, 1, 1, 1));
            open.results().append(group(5));
        }

        assertThat(journal.usage(Samples.ID)).isEqualTo(usage);
        assertThat(lines()).containsExactly(4, 1, 0, 2, 3, 5);
    }

    @Test
    void aLostIndexDoesNotTakeLinesBehindADamagedOneWithIt() throws IOException {
        append(0, 1, 2);
        var damaged = Files.readString(log).replace("\"type\":\"errored\"", "\"type\":\"err?red\"");
        Files.writeString(log, damaged + "{\"custom_id\":\"row-");
        Files.delete(index);

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().requests().stream()).containsExactly(0, 2);
            assertThat(open.settled().damages()).hasSize(1);
        }
        assertThat(Files.readString(log)).isEqualTo(damaged);
    }

    @Test
    void aLineOfARequestThatIsSettledOrUnknownIsNotAdopted() throws IOException {
        append(0);
        var known = Files.readString(log);
        for (var line :
                List.of(
                        known,
                        known.replace("row-0", "row-9"),
                        known.replace("row-0", "row-1").replace("succeeded", "finished"),
                        known.replace("row-0", "row-1").replace("}\n", "\n"),
                        known.replace("row-0", "row-1").replace("}\n", "}}\n"),
                        "\n",
                        "{}\n")) {
            Files.writeString(log, known + line);
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().requests().stream()).containsExactly(0);
            }
            assertThat(Files.readString(log)).isEqualTo(known);
        }
    }

    @Test
    void linesThatWereFlushedButNotIndexedAreAdopted() throws IOException {
        append(0);
        var before = Files.readAllBytes(index);
        append(4, 1);
        var after = journal.usage(Samples.ID);
        Files.write(index, before);

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().requests().stream()).containsExactly(0, 1, 4);
            assertThat(open.settled().damages()).isEmpty();
        }
        assertThat(journal.usage(Samples.ID)).isEqualTo(after);
    }

    @Test
    void whatWasWrittenBeforeAFailedFlushIsNeverAcknowledgedByItself() {
        var disk = new MemoryDisk();
        var journal = FileJournal.open(disk, Path.of("data"));
        Samples.create(journal, Samples.ID, REQUESTS);
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(0));
            disk.failNext(MemoryDisk.Step.FORCE);
            assertThatThrownBy(() -> open.results().append(group(1)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(Samples.ID.value());
            assertThatThrownBy(() -> open.results().append(group(2)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("opened again");
            assertThat(new String(read(disk, journal), UTF_8)).hasLineCount(1);
        }

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().requests().stream()).startsWith(0);
            open.results().append(group(2));
        }
        assertThat(new String(read(disk, journal), UTF_8)).contains("row-0", "row-2");
    }

    private static byte[] read(MemoryDisk disk, FileJournal journal) {
        int length = (int) journal.results(Samples.ID).orElseThrow().length();
        var bytes = java.nio.ByteBuffer.allocate(length);
        var path = Path.of("data", "batches", Samples.ID.value(), "results.jsonl");
        try (var file = disk.openToRead(path)) {
            file.read(bytes, 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.array();
    }
}
