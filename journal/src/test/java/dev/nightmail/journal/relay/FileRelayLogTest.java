package dev.nightmail.journal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayState;
import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.request.ApiVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRelayLogTest {

    @TempDir private Path data;

    static RelayRecord record(String id, @Nullable String userProfileId) {
        var relay =
                new Relay(
                        new RelayId(id),
                        "claude",
                        new RelayTerms(
                                ApiVersion.V2023_06_01, List.of("files", "skills"), userProfileId),
                        List.of(
                                new Relay.Part(
                                        new BatchId("msgbatch_01a"), RequestNumbers.parse("0-9")),
                                new Relay.Part(
                                        new BatchId("msgbatch_01b"), RequestNumbers.parse("3,7"))));
        return new RelayRecord(
                relay,
                Instant.parse("2026-11-21T22:00:00.123456Z"),
                new RelayRecord.Sent(12, 240L << 20, "ab".repeat(32)),
                new RelayState.Intended());
    }

    @Test
    void whatWasWrittenLastIsReadAfterARestart() {
        var first = record("relay_1", null);
        var second = record("relay_2", "profile \"of\" someone");
        var log = FileRelayLog.open(data);
        log.write(first);
        log.write(second);
        log.write(first.in(new RelayState.Submitted("msgbatch_provider")));
        log.write(second.in(new RelayState.Collected("msgbatch_other")));

        assertThat(FileRelayLog.open(data).records())
                .containsExactly(
                        first.in(new RelayState.Submitted("msgbatch_provider")),
                        second.in(new RelayState.Collected("msgbatch_other")));
    }

    @Test
    void thatItsCancelWasAskedForIsReadAfterARestart() {
        var canceled = record("relay_1", null).in(new RelayState.Submitted("pb\n1", true));
        FileRelayLog.open(data).write(canceled);

        assertThat(FileRelayLog.open(data).records()).containsExactly(canceled);
    }

    @Test
    void anUpstreamIsHeldUntilItIsReleased() {
        var log = FileRelayLog.open(data);
        log.write(record("relay_1", null));
        log.hold("claude");
        log.hold("claude");
        log.hold("another");

        assertThat(FileRelayLog.open(data).held()).containsExactly("another", "claude");
        assertThat(FileRelayLog.open(data).records()).containsExactly(record("relay_1", null));

        log.release("claude");
        log.release("claude");

        assertThat(FileRelayLog.open(data).held()).containsExactly("another");
    }

    @Test
    void whatWasRemovedIsGoneHoweverOftenThatIsSaid() {
        var log = FileRelayLog.open(data);
        log.write(record("relay_1", null));

        log.remove(new RelayId("relay_1"));
        log.remove(new RelayId("relay_1"));

        assertThat(FileRelayLog.open(data).records()).isEmpty();
    }

    @Test
    void halfAReplacementThatACrashLeftIsRemoved() throws IOException {
        FileRelayLog.open(data).write(record("relay_1", null));
        var leftover = data.resolve("relays/relay_1.json.new");
        Files.writeString(leftover, "{");

        assertThat(FileRelayLog.open(data).records()).containsExactly(record("relay_1", null));
        assertThat(leftover).doesNotExist();
    }

    @Test
    void aDamagedRecordStopsTheStartSinceNobodyKnowsWhatIsOut() throws IOException {
        FileRelayLog.open(data).write(record("relay_1", null));
        var file = data.resolve("relays/relay_1.json");
        Files.writeString(file, Files.readString(file).replace("0-9", "0-8"));

        assertThatThrownBy(() -> FileRelayLog.open(data).records())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("relay_1.json is damaged")
                .hasMessageContaining("doctor says what can be done");
    }
}
