package dev.nightmail.journal.relay;

import static dev.nightmail.journal.relay.FileRelayLogTest.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.journal.JournalCheckup;
import dev.nightmail.journal.finding.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of damaged records of relays, and what is left after a repair. */
class RelayCheckupTest {

    private static final String CHECKSUM_NAME = "\"crc32c\" : \"";

    @TempDir private Path data;

    private Path file = Path.of("");
    private byte[] whole = {};

    @BeforeEach
    void oneRelayIsOut() throws IOException {
        FileRelayLog.open(data).write(record("relay_1", null));
        file = data.resolve("relays/relay_1.json");
        whole = Files.readAllBytes(file);
        assertThat(found()).isEmpty();
    }

    private List<Finding> found() {
        return JournalCheckup.of(data).examineFolder().stream()
                .filter(finding -> finding.file().startsWith("relays/"))
                .toList();
    }

    @Test
    void everySingleFlippedBitIsFoundAndTurnedBack() throws IOException {
        int name = new String(whole, UTF_8).indexOf(CHECKSUM_NAME);

        for (int bit = 0; bit < whole.length * 8; bit++) {
            var flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, flipped);

            assertThat(found())
                    .as("bit %d", bit)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.file()).isEqualTo("relays/relay_1.json");
                        assertThat(finding.isDamage()).isTrue();
                    });
            JournalCheckup.of(data).repairFolder();
            // Where the checksum stands nothing proves anything if its name is damaged.
            boolean inName = bit / 8 >= name && bit / 8 < name + CHECKSUM_NAME.length();
            assertThat(file).as("bit %d", bit).hasBinaryContent(inName ? flipped : whole);
        }
    }

    @Test
    void whatNobodyCanProveIsLeftWithAdvice() throws IOException {
        Files.write(file, List.of("{\"format\":1}"));

        JournalCheckup.of(data).repairFolder();

        assertThat(found())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.isRepairable()).isFalse();
                    assertThat(finding.remedy().text())
                            .contains("restore it from a backup", "paid, again");
                });
    }

    @Test
    void halfAWriteIsNoDamageAndIsRemoved() throws IOException {
        var half = data.resolve("relays/relay_2.json.new");
        Files.writeString(half, "{");

        assertThat(found()).singleElement().matches(finding -> !finding.isDamage());

        JournalCheckup.of(data).repairFolder();
        assertThat(half).doesNotExist();
        assertThat(file).hasBinaryContent(whole);
    }
}
