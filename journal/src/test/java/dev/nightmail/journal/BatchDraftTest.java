package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.CancelRequested;
import dev.nightmail.core.batch.BatchEvent.ResultsArchived;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.Canceling;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.result.RequestCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchDraftTest {

    @TempDir Path data;

    private Path folder() {
        return data.resolve("batches").resolve(Samples.ID.value());
    }

    @Test
    void aCommittedBatchIsThereAfterReopening() {
        Samples.create(FileJournal.open(data), Samples.ID, 3);

        var journal = FileJournal.open(data);

        assertThat(journal.batches()).containsExactly(Samples.ID);
        var batch = journal.find(Samples.ID).orElseThrow();
        assertThat(batch.counts()).isEqualTo(RequestCounts.processing(3));
        assertThat(batch.header().models()).containsExactly("m0", "m1");
        assertThat(batch.header().createdAt()).isEqualTo(Samples.CREATED);
        assertThat(batch.header().idempotencyKey()).isEqualTo("once \"only\"");
        try (var open = journal.open(Samples.ID)) {
            var request = open.requests().read(2);
            assertThat(request.customId()).isEqualTo(Samples.customId(2));
            assertThat(new String(request.params().array(), UTF_8)).isEqualTo(Samples.params(2));
            assertThat(open.requests().model(1)).isEqualTo(1);
            assertThat(open.requests().inputTokensEstimate(1)).isEqualTo(6);
            assertThat(open.requests().outputTokensMax(1)).isEqualTo(11);
            assertThat(open.settled().requests().isEmpty()).isTrue();
        }
    }

    @Test
    void aBatchIsNamedByItsHeaderAndNotByItsDraft() {
        var journal = FileJournal.open(data);
        try (var draft = journal.draft(new BatchId("msgbatch_draft"))) {
            Samples.add(draft, 0, Samples.params(0));
            draft.commit(Samples.header(draft, Samples.ID));
        }

        assertThat(journal.batches()).containsExactly(Samples.ID);
        journal.open(Samples.ID).close();
        assertThat(data.resolve("incoming")).isEmptyDirectory();
    }

    @Test
    void aBatchNeverTakesThePlaceOfAnother() {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 3);

        try (var draft = journal.draft(new BatchId("msgbatch_draft"))) {
            Samples.add(draft, 0, Samples.params(0));
            assertThatThrownBy(() -> draft.commit(Samples.header(draft, Samples.ID)))
                    .isInstanceOf(IllegalStateException.class);
        }

        assertThat(journal.find(Samples.ID).orElseThrow().header().requestCount()).isEqualTo(3);
        assertThat(data.resolve("incoming")).isEmptyDirectory();
    }

    @Test
    void aDiscardedDraftLeavesNothing() throws IOException {
        var journal = FileJournal.open(data);
        try (var draft = journal.draft(Samples.ID)) {
            Samples.add(draft, 0, Samples.params(0));
        }

        assertThat(journal.batches()).isEmpty();
        try (var left = Files.list(data.resolve("incoming"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aDraftCutOffByACrashIsRemovedAtTheNextStart() {
        var draft = FileJournal.open(data).draft(Samples.ID);
        Samples.add(draft, 0, Samples.params(0));

        FileJournal.open(data);

        assertThat(data.resolve("incoming")).isEmptyDirectory();
        assertThat(data.resolve("batches")).isEmptyDirectory();
    }

    @Test
    void lineBreaksBetweenTokensBecomeSpaces() throws IOException {
        var journal = FileJournal.open(data);
        try (var draft = journal.draft(Samples.ID)) {
            Samples.add(draft, 0, "{\r\n  \"model\": \"m\",\n\t\"note\": \"a\\nb\"\r}");
            draft.commit(Samples.header(draft));
        }

        assertThat(Files.readAllLines(folder().resolve("requests.jsonl")))
                .containsExactly(
                        "{\"custom_id\":\"row-0\",\"params\":{    \"model\": \"m\", \t\"note\": \"a\\nb\" }}");
    }

    @Test
    void aRequestLargerThanEveryBufferIsStoredWhole() {
        var large = "{\"text\":\"" + "x".repeat(3_000_000) + "\",\n\"last\":1}";
        var journal = FileJournal.open(data);
        try (var draft = journal.draft(Samples.ID)) {
            Samples.add(draft, 0, Samples.params(0));
            Samples.add(draft, 1, large);
            Samples.add(draft, 2, Samples.params(2));
            draft.commit(Samples.header(draft));
        }

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.requests().read(1).params().array())
                    .isEqualTo(large.replace('\n', ' ').getBytes(UTF_8));
            assertThat(open.requests().read(2).params().array())
                    .isEqualTo(Samples.params(2).getBytes(UTF_8));
        }
    }

    @Test
    void aHundredThousandRequestsAreFoundByNumber() {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 100_000);

        try (var open = journal.open(Samples.ID)) {
            assertThat(open.requests().size()).isEqualTo(100_000);
            for (int number = 0; number < 100_000; number += 9_999) {
                assertThat(open.requests().read(number).customId())
                        .isEqualTo(Samples.customId(number));
            }
        }
    }

    @Test
    void aDamagedRequestIsNeverReturned() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 3);
        var file = folder().resolve("requests.jsonl");
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        try (var open = journal.open(Samples.ID)) {
            assertThatThrownBy(() -> open.requests().read(1))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("request 1 of batch " + Samples.ID);
            assertThat(open.requests().read(2).number()).isEqualTo(2);
        }
    }

    @Test
    void readingGoesOnAfterAReaderWasInterrupted() {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 3);
        try (var open = journal.open(Samples.ID)) {
            Thread.currentThread().interrupt();
            assertThat(open.requests().read(0).number()).isZero();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(open.requests().read(1).number()).isEqualTo(1);
        }
    }

    @Test
    void stateAndCountsAreRecorded() {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 2);
        var canceling =
                journal.find(Samples.ID)
                        .orElseThrow()
                        .after(new CancelRequested(Samples.CREATED.plusSeconds(1)));
        journal.record(canceling);
        assertThat(journal.find(Samples.ID).orElseThrow().state())
                .isEqualTo(new Canceling(Samples.CREATED.plusSeconds(1)));

        var ended =
                canceling
                        .after(new ResultsSettled(new RequestCounts(0, 1, 0, 1, 0)))
                        .after(new BatchEnded(Samples.CREATED.plusSeconds(2)));
        journal.record(ended);
        assertThat(journal.find(Samples.ID)).contains(ended);

        var archived = ended.after(new ResultsArchived(Samples.CREATED.plusSeconds(3)));
        journal.record(archived);
        assertThat(journal.find(Samples.ID)).contains(archived);
    }

    @Test
    void aRecordOfANewerFormatIsRefusedInPlainWords() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        var record = folder().resolve("batch.json");
        Files.writeString(
                record,
                Samples.resealed(
                        Files.readString(record).replace("\"format\" : 1", "\"format\" : 2")));

        assertThatThrownBy(() -> journal.open(Samples.ID))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(Samples.ID.value())
                .hasMessageContaining("a newer Nightmail wrote");
    }

    @Test
    void fieldsOfTheRecordWeDoNotKnowAreSkipped() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        Batch before = journal.find(Samples.ID).orElseThrow();
        var record = folder().resolve("batch.json");
        Files.writeString(
                record,
                Samples.resealed(
                        Files.readString(record)
                                .replaceFirst(
                                        "\\{",
                                        "{\"later\":{\"deep\":[1,{\"x\":null}]},\"more\":1.5,")));

        assertThat(journal.find(Samples.ID)).contains(before);
    }

    @Test
    void aMissingRecordIsNamed() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        Files.delete(folder().resolve("batch.json"));

        assertThatThrownBy(() -> journal.open(Samples.ID))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("batch.json")
                .hasMessageContaining(Samples.ID.value());
    }

    @Test
    void strayFoldersAreNotTakenForBatches() throws IOException {
        var journal = FileJournal.open(data);
        Files.createDirectory(data.resolve("batches").resolve("lost+found"));

        assertThat(journal.batches()).isEmpty();
    }

    @Test
    void archivingKeepsTheRecordOnly() {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        journal.record(
                journal.find(Samples.ID)
                        .orElseThrow()
                        .after(new ResultsSettled(new RequestCounts(0, 1, 0, 0, 0)))
                        .after(new BatchEnded(Samples.CREATED.plusSeconds(2)))
                        .after(new ResultsArchived(Samples.CREATED.plusSeconds(3))));

        journal.archive(Samples.ID);
        journal.archive(Samples.ID);

        assertThat(folder().toFile().list()).containsExactly("batch.json");
        assertThat(journal.results(Samples.ID)).isEmpty();
        assertThat(journal.find(Samples.ID)).isPresent();
    }

    @Test
    void deletingLeavesNothingAndCanBeRepeated() {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);

        journal.delete(Samples.ID);
        journal.delete(Samples.ID);

        assertThat(journal.find(Samples.ID)).isEmpty();
        assertThat(data.resolve("batches")).isEmptyDirectory();
        assertThat(data.resolve("incoming")).isEmptyDirectory();
        assertThat(journal.find(new BatchId("msgbatch_never"))).isEmpty();
    }
}
