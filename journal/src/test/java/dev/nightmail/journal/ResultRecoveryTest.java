package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Tariff;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A result log is opened again after its files were cut, flipped, lost. */
class ResultRecoveryTest {

    private static final int INDEX_HEADER_BYTES = 64;
    private static final int INDEX_RECORD_BYTES = 100;

    private static final int REQUESTS = 6;

    private final MemoryDisk disk = new MemoryDisk();
    private final Path folder = Path.of("data", "batches", Samples.ID.value());
    private final Path log = folder.resolve("results.jsonl");
    private final Path index = folder.resolve("results.index");
    private final FileJournal journal = FileJournal.open(disk, Path.of("data"));

    @BeforeEach
    void createABatch() {
        Samples.create(journal, Samples.ID, REQUESTS);
    }

    private static List<SettledRequest> group(int... numbers) {
        return IntStream.of(numbers).mapToObj(Samples::result).toList();
    }

    private void append(int... numbers) {
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(numbers));
        }
    }

    private String text() throws IOException {
        return new String(disk.content(log), UTF_8);
    }

    private void put(String text) throws IOException {
        disk.put(log, text.getBytes(UTF_8));
    }

    /** Numbers of the requests whose lines stand in the log, which must all be whole. */
    private List<Integer> lines() throws IOException {
        return text().lines()
                .map(line -> {
                    assertThat(line).startsWith("{\"custom_id\":\"row-").endsWith("}}");
                    return Integer.valueOf(line.replaceAll("^.*?row-(\\d+).*$", "$1"));
                })
                .toList();
    }

    @Test
    void aLogCutAtAnyByteBehindTheIndexKeepsItsWholeLines() throws IOException {
        append(0);
        var indexed = disk.content(index);
        int covered = disk.content(log).length;
        append(1, 4, 2);
        var whole = disk.content(log);

        for (int cut = covered; cut <= whole.length; cut++) {
            disk.put(index, indexed);
            disk.put(log, Arrays.copyOf(whole, cut));
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
        var wholeLog = disk.content(log);
        var wholeIndex = disk.content(index);

        for (int cut = 0; cut < wholeLog.length; cut++) {
            disk.put(log, Arrays.copyOf(wholeLog, cut));
            disk.put(index, wholeIndex);
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
        var whole = disk.content(log);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            var flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            disk.put(log, flipped);
            try (var open = journal.open(Samples.ID)) {
                assertThat(journal.damages(Samples.ID))
                        .singleElement()
                        .asString()
                        .contains(Samples.ID.value(), "offset");
                assertThat(open.settled().requests().stream()).containsExactly(0, 1, 2);
            }
            assertThat(disk.content(log)).isEqualTo(flipped);
        }
    }

    @Test
    void everyFlippedBitOfTheIndexIsMendedFromTheLog() throws IOException {
        append(0, 1, 4);
        var whole = disk.content(index);
        var usage = journal.usage(Samples.ID);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            var flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            disk.put(index, flipped);
            assertThat(journal.usage(Samples.ID)).isEqualTo(usage);
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().damages()).isEmpty();
                assertThat(open.settled().requests().stream()).containsExactly(0, 1, 4);
            }
            assertThat(disk.content(index).length).isEqualTo(whole.length);
            assertThat(journal.usage(Samples.ID)).isEqualTo(usage);
        }
    }

    @Test
    void anIndexCutAtAnyByteIsMendedFromTheLog() throws IOException {
        append(0, 1, 4);
        var whole = disk.content(index);
        var usage = journal.usage(Samples.ID);

        for (int cut = 0; cut < whole.length; cut++) {
            disk.put(index, Arrays.copyOf(whole, cut));
            journal.open(Samples.ID).close();
            assertThat(disk.content(index).length).isEqualTo(whole.length);
            boolean oneRecordIsLeft = cut >= INDEX_HEADER_BYTES + INDEX_RECORD_BYTES;
            assertThat(journal.usage(Samples.ID))
                    .isEqualTo(oneRecordIsLeft ? usage : onUnknownTerms(usage));
        }
    }

    /** The lines hold every token, but not on what terms they were billed. */
    private static List<Tally> onUnknownTerms(List<Tally> usage) {
        return usage.stream()
                .map(tally ->
                        new Tally(
                                new Tariff(tally.tariff().model(), Billing.UNKNOWN, 0),
                                tally.requests(),
                                tally.usage()))
                .toList();
    }

    @Test
    void aLostIndexIsRebuiltFromTheLog() throws IOException {
        append(4, 1);
        append(0, 2, 3);
        var usage = journal.usage(Samples.ID);
        disk.delete(index);

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().counts()).isEqualTo(new RequestCounts(1, 2, 1, 1, 1));
            open.results().append(group(5));
        }

        assertThat(journal.usage(Samples.ID)).isEqualTo(onUnknownTerms(usage));
        assertThat(lines()).containsExactly(4, 1, 0, 2, 3, 5);
    }

    @Test
    void aLostIndexDoesNotTakeLinesBehindADamagedOneWithIt() throws IOException {
        append(0, 1, 2);
        var damaged = text().replace("\"type\":\"errored\"", "\"type\":\"err?red\"");
        put(damaged + "{\"custom_id\":\"row-");
        disk.delete(index);

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().requests().stream()).containsExactly(0, 2);
            assertThat(open.settled().damages()).hasSize(1);
        }
        assertThat(text()).isEqualTo(damaged);
    }

    @Test
    void anAdoptedLineIsTakenToHaveBeenBilledAsTheLastOfItsModel() throws IOException {
        append(0);
        var before = disk.content(index);
        append(4);
        disk.put(index, before);

        journal.open(Samples.ID).close();

        assertThat(journal.usage(Samples.ID))
                .containsExactly(
                        new Tally(
                                new Tariff("m0", Samples.BILLING, 0),
                                2,
                                Samples.usage(0).plus(Samples.usage(4))));
    }

    @Test
    void aLineOfARequestThatIsSettledOrUnknownIsNotAdopted() throws IOException {
        append(0);
        var known = text();
        for (var line :
                List.of(
                        known,
                        known.replace("row-0", "row-9"),
                        known.replace("row-0", "row-1").replace("succeeded", "finished"),
                        known.replace("row-0", "row-1").replace("}\n", "\n"),
                        known.replace("row-0", "row-1").replace("}\n", "}}\n"),
                        "\n",
                        "{}\n")) {
            put(known + line);
            try (var open = journal.open(Samples.ID)) {
                assertThat(open.settled().requests().stream()).containsExactly(0);
            }
            assertThat(text()).isEqualTo(known);
        }
    }

    @Test
    void linesThatWereFlushedButNotIndexedAreAdopted() throws IOException {
        append(0);
        var before = disk.content(index);
        append(4, 1);
        var after = journal.usage(Samples.ID);
        disk.put(index, before);

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().requests().stream()).containsExactly(0, 1, 4);
            assertThat(open.settled().damages()).isEmpty();
        }
        assertThat(journal.usage(Samples.ID)).isEqualTo(after);
    }

    @Test
    void aFailedFlushStopsTheLogUntilItIsOpenedAgain() throws IOException {
        try (var open = journal.open(Samples.ID)) {
            long durable = open.results().append(group(0));
            disk.failNext(MemoryDisk.Step.FORCE);
            assertThatThrownBy(() -> open.results().append(group(1)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(Samples.ID.value());
            assertThatThrownBy(() -> open.results().append(group(2)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("opened again");
            assertThat(journal.results(Samples.ID).orElseThrow().length()).isEqualTo(durable);
        }

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().requests().stream()).startsWith(0);
            open.results().append(group(2));
        }
        assertThat(text()).contains("row-0", "row-2");
    }

    @Test
    void usageIsWholeThoughTheIndexIsNotWhileTheLogIsOpen() throws IOException {
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(0, 4));
            var used = journal.usage(Samples.ID);
            var torn = disk.content(index);
            Arrays.fill(torn, INDEX_HEADER_BYTES, INDEX_HEADER_BYTES + 50, (byte) 0);
            disk.put(index, torn);

            assertThat(journal.usage(Samples.ID)).isEqualTo(used);
        }
    }

    @Test
    void aDamagedLineFeedAmongTheRequestsHidesNoOtherRequest() throws IOException {
        append(0, 1, 2, 3);
        disk.put(index, Arrays.copyOf(disk.content(index), INDEX_HEADER_BYTES));
        damageRequests("}}\n{\"custom_id\":\"row-2\"", "}} {\"custom_id\":\"row-2\"");

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().counts().processing()).isEqualTo(REQUESTS - 4);
            assertThat(open.settled().damages()).isEmpty();
        }
    }

    @Test
    void aDamagedRequestKeepsItsNameUnlessItIsAnothersNow() throws IOException {
        damageRequests("grüße 1", "grüße 7");
        damageRequests("\"row-3\"", "\"row-4\"");
        damageRequests("{\"custom_id\":\"row-5\"", "{\"custom_io\":\"row-5\"");

        try (var open = journal.open(Samples.ID)) {
            assertThatThrownBy(() -> open.requests().read(1)).isInstanceOf(JournalException.class);
            assertThat(open.requests().customId(0)).isEqualTo(Samples.customId(0));
            assertThat(open.requests().customId(1)).isEqualTo(Samples.customId(1));
            assertThat(open.requests().customId(3)).hasToString("unreadable-request-3");
            assertThat(open.requests().customId(5)).hasToString("unreadable-request-5");
        }
    }

    private void damageRequests(String was, String is) throws IOException {
        var requests = folder.resolve("requests.jsonl");
        var text = new String(disk.content(requests), UTF_8);
        assertThat(text).contains(was);
        disk.put(requests, text.replace(was, is).getBytes(UTF_8));
    }
}
