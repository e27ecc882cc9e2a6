package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.ResultsArchived;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.journal.JournalCheckup.BatchReport;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.finding.Finding.LineAt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found in a folder that was cut, torn, overwritten, and what is done about it. */
class JournalCheckupTest {

    private static final Path DATA = Path.of("data");
    private static final int REQUESTS = 6;

    private final MemoryDisk disk = new MemoryDisk();
    private final Path folder = DATA.resolve("batches").resolve(Samples.ID.value());
    private final Path requests = folder.resolve("requests.jsonl");
    private final Path results = folder.resolve("results.jsonl");
    private final FileJournal journal = FileJournal.open(disk, DATA);
    private final JournalCheckup checkup = new JournalCheckup(disk, DATA);

    @BeforeEach
    void createABatch() {
        Samples.create(journal, Samples.ID, REQUESTS);
        assertThat(examine().findings()).isEmpty();
    }

    private void settle(int from, int to) {
        try (var open = journal.open(Samples.ID)) {
            open.results().append(IntStream.range(from, to).mapToObj(Samples::result).toList());
        }
    }

    private void end() {
        var batch = journal.find(Samples.ID).orElseThrow();
        try (var open = journal.open(Samples.ID)) {
            batch = batch.after(new ResultsSettled(open.settled().counts()));
        }
        journal.record(batch.after(new BatchEnded(Samples.CREATED.plusSeconds(60))));
    }

    private BatchReport examine() {
        return checkup.examine(Samples.ID, Optional.empty());
    }

    private void repair() {
        checkup.repair(Samples.ID, Optional.empty());
    }

    private String text(Path file) throws IOException {
        return new String(disk.content(file), UTF_8);
    }

    private void put(Path file, String text) throws IOException {
        disk.put(file, text.getBytes(UTF_8));
    }

    @Test
    void aTornEndOfARunningBatchIsNoDamage() throws IOException {
        settle(0, 3);
        var whole = text(results);
        put(results, whole + "{\"custom_id\":\"row-");

        assertThat(examine().findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.isDamage()).isFalse();
                    assertThat(finding.problem()).contains("18 bytes that are no result");
                    assertThat(finding.spot())
                            .isEqualTo(new LineAt(whole.getBytes(UTF_8).length, 4));
                });
        repair();

        assertThat(examine().findings()).isEmpty();
        assertThat(text(results)).isEqualTo(whole);
    }

    @Test
    void resultsTheIndexDoesNotKnowYetAreNoDamage() throws IOException {
        settle(0, 2);
        var index = disk.content(folder.resolve("results.index"));
        settle(2, 5);
        disk.put(folder.resolve("results.index"), index);

        assertThat(examine().findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.isDamage()).isFalse();
                    assertThat(finding.problem()).contains("the last 3 results");
                });
        repair();

        assertThat(examine().findings()).isEmpty();
        assertThat(examine().results()).isEqualTo(5);
    }

    @Test
    void aCanceledResultIsWrittenAgainWhateverIsLeftOfIt() throws IOException {
        settle(0, REQUESTS);
        end();
        var whole = text(results);
        var line = whole.lines().skip(2).findFirst().orElseThrow();
        assertThat(line).contains("canceled");
        put(results, whole.replace(line, "?".repeat(line.length())));

        assertThat(examine().findings()).allMatch(Finding::isRepairable).hasSize(1);
        repair();

        assertThat(text(results)).isEqualTo(whole);
        assertThat(examine().findings()).isEmpty();
    }

    @Test
    void anAnswerThatIsLostIsToldByLineAndOffsetAndNotRepaired() throws IOException {
        settle(0, REQUESTS);
        end();
        var before = String.join("\n", text(results).lines().limit(4).toList()) + "\n";
        int offset = before.getBytes(UTF_8).length;
        var damaged = disk.content(results);
        Arrays.fill(damaged, offset, offset + 10, (byte) '?');
        disk.put(results, damaged);

        repair();

        assertThat(disk.content(results)).isEqualTo(damaged);
        assertThat(examine().findings())
                .containsExactly(
                        new Finding(
                                "results.jsonl",
                                new LineAt(offset, 5),
                                "the result of request 4 is damaged",
                                new Finding.ByHand(
                                        "put the file back from a backup, or let --write-off make it an errored result, so that the request can be sent again")));
    }

    @Test
    void anAnswerThatIsWrittenOffIsAnErroredResultInItsPlace() throws IOException {
        settle(0, REQUESTS);
        end();
        var usage = journal.usage(Samples.ID);
        var whole = disk.content(results);
        var damaged = whole.clone();
        Arrays.fill(damaged, 0, 40, (byte) 'x');
        disk.put(results, damaged);
        assertThat(examine().lost()).isEqualTo(1);

        assertThat(checkup.writeOff(Samples.ID)).isEqualTo(1);

        assertThat(examine().findings()).isEmpty();
        var after = disk.content(results);
        assertThat(after).hasSameSizeAs(whole);
        assertThat(text(results).lines().toList().getFirst())
                .startsWith(
                        "{\"custom_id\":\"row-0\",\"result\":{\"type\":\"errored\",\"error\":{\"type\":\"error\",\"error\":{\"type\":\"api_error\"");
        assertThat(text(results).lines().skip(1))
                .containsExactlyElementsOf(new String(whole, UTF_8).lines().skip(1).toList());
        var counts = journal.find(Samples.ID).orElseThrow().counts();
        assertThat(counts.succeeded()).isEqualTo(1);
        assertThat(counts.errored()).isEqualTo(3);
        assertThat(journal.usage(Samples.ID)).as("it was paid for").isEqualTo(usage);
        assertThat(text(folder.resolve("results.damaged"))).startsWith("xxxx");
    }

    @Test
    void answersCutOffWithTheEndOfTheFileAreWrittenOffBehindTheOthers() throws IOException {
        settle(0, REQUESTS);
        end();
        disk.put(results, Arrays.copyOf(disk.content(results), 400));
        repair();
        assertThat(examine().lost()).isEqualTo(5);

        assertThat(checkup.writeOff(Samples.ID)).isEqualTo(5);

        assertThat(examine().findings()).isEmpty();
        assertThat(text(results).lines()).hasSize(REQUESTS);
        try (var open = journal.open(Samples.ID)) {
            assertThat(open.settled().damages()).isEmpty();
            assertThat(open.settled().counts().errored()).isEqualTo(5);
        }
    }

    @Test
    void anIndexOfRequestsCutAtAnyByteIsWrittenAgain() throws IOException {
        var index = folder.resolve("requests.index");
        var whole = disk.content(index);

        for (int cut = 0; cut < whole.length; cut++) {
            disk.put(index, Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> journal.open(Samples.ID))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("requests.index");
            assertThat(examine().findings()).hasSize(1).allMatch(Finding::isRepairable);

            repair();

            assertThat(examine().findings()).isEmpty();
            try (var open = journal.open(Samples.ID)) {
                for (int number = 0; number < REQUESTS; number++) {
                    assertThat(open.requests().read(number).customId())
                            .isEqualTo(Samples.customId(number));
                    assertThat(open.requests().model(number)).isEqualTo(number % 2);
                    assertThat(open.requests().outputTokensMax(number)).isEqualTo(10 + number);
                }
            }
        }
    }

    @Test
    void requestsCutAtAnyByteAreToldOneByOne() throws IOException {
        var whole = disk.content(requests);

        for (int cut = 0; cut < whole.length; cut++) {
            disk.put(requests, Arrays.copyOf(whole, cut));
            int left = (int) text(requests).chars().filter(c -> c == '\n').count();
            assertThat(examine().findings())
                    .as("cut at %d", cut)
                    .hasSize(REQUESTS - left)
                    .noneMatch(Finding::isRepairable);
            repair();
            assertThat(disk.content(requests)).hasSize(cut);
        }
    }

    @Test
    void anIndexOfRequestsIsNotMadeFromRequestsThatAreDamagedThemselves() throws IOException {
        disk.delete(folder.resolve("requests.index"));
        put(requests, text(requests).replace("row-3", "row 3"));

        assertThat(examine().findings())
                .singleElement()
                .matches(finding -> !finding.isRepairable());
        repair();

        assertThat(disk.exists(folder.resolve("requests.index"))).isFalse();
    }

    @Test
    void bytesBehindTheLastRequestAreCutOff() throws IOException {
        var whole = text(requests);
        put(requests, whole + "{\"custom_id\":\"row-0\",\"params\":{}}\n");

        assertThat(examine().findings()).hasSize(1);
        repair();

        assertThat(text(requests)).isEqualTo(whole);
        assertThat(examine().findings()).isEmpty();
    }

    @Test
    void aRecordThatIsLostIsMadeAgainFromWhatTheCatalogSays() throws IOException {
        var recorded = journal.find(Samples.ID);
        var whole = disk.content(folder.resolve("batch.json"));
        disk.delete(folder.resolve("batch.json"));

        assertThat(examine().findings())
                .singleElement()
                .matches(finding -> !finding.isRepairable());
        assertThat(checkup.examine(Samples.ID, recorded).findings())
                .singleElement()
                .matches(Finding::isRepairable);
        checkup.repair(Samples.ID, recorded);

        assertThat(disk.content(folder.resolve("batch.json"))).isEqualTo(whole);
    }

    @Test
    void countsThatTheResultsDoNotBearOutAreToldAndLeft() throws IOException {
        settle(0, REQUESTS);
        end();
        var whole = text(folder.resolve("batch.json"));
        put(
                folder.resolve("batch.json"),
                Samples.resealed(
                        whole.replace("\"succeeded\" : 2", "\"succeeded\" : 1")
                                .replace("\"errored\" : 2", "\"errored\" : 3")));

        assertThat(examine().findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.isRepairable()).isFalse();
                    assertThat(finding.problem())
                            .contains("holds 2 succeeded", "batch.json says 1 succeeded");
                });
    }

    @Test
    void anIndexOfANewerFormatIsRefusedAndNotWrittenAnew() throws IOException {
        settle(0, 2);
        for (var name : new String[] {"requests.index", "results.index"}) {
            var index = folder.resolve(name);
            var whole = disk.content(index);
            var newer = Samples.ofVersion(2, whole);
            disk.put(index, newer);

            assertThatThrownBy(() -> journal.open(Samples.ID))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("a newer Nightmail wrote");
            assertThatThrownBy(this::examine).hasMessageContaining("a newer Nightmail wrote");

            assertThat(disk.content(index)).isEqualTo(newer);
            disk.put(index, whole);
        }
    }

    @Test
    void aFolderOfANewerFormatIsRefusedBeforeAnythingIsTouched() throws IOException {
        put(DATA.resolve("nightmail.json"), "{\"nightmail_data_format\":2}\n");
        put(DATA.resolve("incoming").resolve("leftover"), "");
        int steps = disk.steps();

        assertThatThrownBy(() -> FileJournal.open(disk, DATA))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("has format 2, which a newer Nightmail wrote")
                .hasMessageContaining("--data");

        assertThat(disk.steps()).isEqualTo(steps);
    }

    @Test
    void aDamagedMarkIsWrittenAgainAndLeftoversAreRemoved() throws IOException {
        put(DATA.resolve("nightmail.json"), "?");
        put(DATA.resolve("incoming").resolve("leftover"), "");

        assertThat(checkup.examineFolder()).hasSize(2);
        checkup.repairFolder();

        assertThat(checkup.examineFolder()).isEmpty();
        assertThat(disk.list(DATA.resolve("incoming"))).isEmpty();
    }

    @Test
    void whatIsLeftOfAnArchivedBatchIsRemoved() throws IOException {
        settle(0, REQUESTS);
        end();
        journal.record(
                journal.find(Samples.ID)
                        .orElseThrow()
                        .after(new ResultsArchived(Samples.CREATED.plusSeconds(99))));

        assertThat(examine().findings()).hasSize(5).noneMatch(Finding::isDamage);
        repair();

        assertThat(disk.list(folder)).containsExactly("batch.json");
    }
}
