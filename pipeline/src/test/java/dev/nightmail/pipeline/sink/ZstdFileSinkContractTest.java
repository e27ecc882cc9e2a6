package dev.nightmail.pipeline.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import dev.nightmail.pipeline.streams.ZstdFrames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is packed with zstd keeps the contract of all sinks. */
@SuppressWarnings("NullAway.Init")
class ZstdFileSinkContractTest extends SinkContract {

    @TempDir Path folder;

    @Override
    protected Sink open() {
        return new FileSinkDefinition(
                        folder.resolve("results.jsonl.zst"), SinkFormat.JSONL, Formulas.ESCAPE)
                .open(context);
    }

    @Override
    protected Map<String, String> delivered() throws IOException {
        try (var in =
                new ZstdInputStream(Files.newInputStream(folder.resolve("results.jsonl.zst")))) {
            return labels(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }

    @Test
    void aPackedTableIsReadByWhoeverReadsZstd() throws Exception {
        answers.add("a", "{\"label\": \"caf\u00e9\", \"score\": 1}");
        var file = folder.resolve("results.csv.zst");
        try (var sink =
                new FileSinkDefinition(file, SinkFormat.CSV, Formulas.ESCAPE).open(context)) {
            sink.check(answers);
            sink.complete(answers);
        }

        assertThat(ZstdFrames.areWhole(file)).isTrue();
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select id, label from '" + file + "'")) {
            rows.next();
            assertThat(rows.getString(1) + rows.getString(2)).isEqualTo("acaf\u00e9");
        }
        assertThat(FileSinkDefinition.sampleOf(file))
                .isEqualTo(folder.resolve("results.sample.csv.zst"));
    }
}
