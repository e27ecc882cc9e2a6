package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Tariff;
import dev.nightmail.core.usage.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultLogTest {

    private static final int REQUESTS = 6;

    @TempDir Path data;
    private FileJournal journal;
    private Path log;

    @BeforeEach
    void createABatch() {
        journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, REQUESTS);
        var folder = data.resolve("batches").resolve(Samples.ID.value());
        log = folder.resolve("results.jsonl");
    }

    private static List<SettledRequest> group(int... numbers) {
        return IntStream.of(numbers).mapToObj(Samples::result).toList();
    }

    private void append(int... numbers) {
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(numbers));
        }
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
    void usageIsSummedByTariffOverWhatSucceeded() {
        var tariff = new Tariff("m0", Samples.BILLING, 0);
        var expected = List.of(new Tally(tariff, 2, Samples.usage(0).plus(Samples.usage(4))));
        try (var open = journal.open(Samples.ID)) {
            open.results().append(group(0, 1, 2));
            open.results().append(group(4));
            assertThat(journal.usage(Samples.ID)).isEqualTo(expected);
        }
        assertThat(journal.usage(Samples.ID)).isEqualTo(expected);
    }

    @Test
    void anAnswerThatCouldNotBeDeliveredIsChargedAllTheSame() {
        var usage = new Usage(7, 20_000_000, 0, 0, 0);
        var errored =
                new Result.Errored(
                        JsonBytes.of("{\"type\":\"error\"}"), new Charge(usage, Samples.BILLING));
        try (var open = journal.open(Samples.ID)) {
            open.results()
                    .append(
                            List.of(
                                    new SettledRequest(
                                            0, Samples.customId(0), errored, Samples.CREATED)));
        }

        var tariff = new Tariff("m0", Samples.BILLING, 0);
        assertThat(journal.usage(Samples.ID)).containsExactly(new Tally(tariff, 1, usage));
    }

    @Test
    void answersOnOtherTermsAreSummedApart() {
        var batch = new Billing("claude", ServiceTier.BATCH, false);
        var simulated =
                new Billing(
                        "a-name-as-long-as-any-may-be-in-an-index", ServiceTier.UNREPORTED, true);
        var large = new Usage(100_001, 1, 0, 0, 0);
        try (var open = journal.open(Samples.ID)) {
            open.results().append(List.of(succeeded(0, Samples.usage(0), batch)));
            open.results()
                    .append(
                            List.of(
                                    succeeded(4, Samples.usage(4), simulated),
                                    succeeded(2, large, batch)));
        }

        assertThat(journal.usage(Samples.ID))
                .containsExactly(
                        new Tally(new Tariff("m0", simulated, 0), 1, Samples.usage(4)),
                        new Tally(new Tariff("m0", batch, 0), 1, Samples.usage(0)),
                        new Tally(new Tariff("m0", batch, 100_000), 1, large));
    }

    private static SettledRequest succeeded(int number, Usage usage, Billing billing) {
        return new SettledRequest(
                number,
                Samples.customId(number),
                new Result.Succeeded(JsonBytes.of("{}"), usage, billing),
                Samples.CREATED);
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
}
