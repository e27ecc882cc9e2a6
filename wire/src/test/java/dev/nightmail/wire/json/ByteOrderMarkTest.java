package dev.nightmail.wire.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.wire.batch.BatchSeen;
import org.junit.jupiter.api.Test;

/** What stands behind a byte order mark is read as if there were none. */
class ByteOrderMarkTest {

    private static final String BATCH =
            "{\"id\":\"msgbatch_1\",\"processing_status\":\"in_progress\"}";

    private static byte[] marked(String text) {
        return ("\uFEFF" + text).getBytes(UTF_8);
    }

    @Test
    void aBatch() {
        assertThat(BatchReading.batch(marked(BATCH))).map(BatchSeen::id).contains("msgbatch_1");
    }

    @Test
    void aPage() {
        assertThat(BatchReading.page(marked("{\"data\":[%s]}".formatted(BATCH))).orElseThrow())
                .satisfies(page -> assertThat(page.batches()).hasSize(1));
    }

    @Test
    void theMessageOfALineIsCutOutWhereItStands() {
        var line =
                marked(
                        "{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\",\"message\":{\"x\":1}}}");

        assertThat(ResultReading.line(line))
                .hasValueSatisfying(read ->
                        assertThat(read)
                                .isInstanceOfSatisfying(
                                        ResultReading.Read.Succeeded.class,
                                        succeeded ->
                                                assertThat(succeeded.message())
                                                        .asString(UTF_8)
                                                        .isEqualTo("{\"x\":1}")));
    }
}
